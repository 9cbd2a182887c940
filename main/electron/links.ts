// The only way from the page to the user's browser: https, no credentials, and a host that the user's own settings name
// (SECURITY S-15). Decided here, in the main process, never in the page.
import type { Snapshot } from '../../shared/snapshot.ts';
import type { ShellPart } from './parts.ts';

/** Opens `url` in the user's browser when `mayOpen` says so, otherwise logs the refusal. Returns whether it was tried. */
export type OpenLink = (url: string) => boolean;

export function linkOpener(options: {
  readonly shell: ShellPart;
  readonly hosts: () => ReadonlySet<string>;
  readonly log: (line: string) => void;
}): OpenLink {
  return (address) => {
    if (!mayOpen(address, options.hosts())) {
      options.log('A link was not opened: only https addresses of hosts named in the settings are.');
      return false;
    }
    options.shell.openExternal(new URL(address).href).catch((error: unknown) => {
      options.log(`The browser could not be asked to open a link: ${error instanceof Error ? error.message : String(error)}`);
    });
    return true;
  };
}

/** Whether the page may send the user to `address`. */
export function mayOpen(address: string, hosts: ReadonlySet<string>): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:') return false;
  return url.username === '' && url.password === '' && hosts.has(url.hostname);
}

/** The hosts that the monitors name; their `target` is "host:port" or a page's address. */
export function hostsOf(snapshot: Snapshot | null): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { target } of snapshot?.monitors ?? []) {
    const url = URL.parse(target.includes('://') ? target : `https://${target}`);
    if (url !== null && url.hostname !== '') hosts.add(url.hostname);
  }
  return hosts;
}
