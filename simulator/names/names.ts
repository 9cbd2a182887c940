// The yard's own names: a hosts file for processes that are started with `env`, and a DNS server that says the same. On
// loopback there is no other way for a name to vanish, or for a host to have an IPv6 address only.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveDns } from '../dns-server.ts';
import type { Family } from '../tcp-proxy.ts';

export type Names = {
  /** The DNS server as a `dns` monitor's `resolver`: `127.0.0.1:PORT`. */
  readonly resolver: string;
  /** What a process needs in its environment to look names up here and nowhere else. Such a process contacts the yard under
   *  public-looking names, so that Signalbox asks its witnesses about them as it would about real ones. */
  readonly env: Readonly<Record<string, string>>;
  /** Families in which `name` has an address; none when it is unknown. */
  families(name: string): readonly Family[];
  /** Gives `name` loopback addresses in these families; with none the name is gone. */
  set(name: string, families: readonly Family[]): Promise<void>;
  /** Look-ups fail as on a machine without a network. */
  setOffline(offline: boolean): Promise<void>;
  stop(): Promise<void>;
};

const addresses = { ipv4: '127.0.0.1', ipv6: '::1' } as const;
const records = { ipv4: 'A', ipv6: 'AAAA' } as const;
const preload = new URL('./preload.mjs', import.meta.url);

/** Starts with `initial`; the hosts file lies in `folder`. */
export async function startNames(folder: string, initial: Readonly<Record<string, readonly Family[]>>): Promise<Names> {
  const table = new Map(Object.entries(initial));
  const file = join(folder, 'hosts');
  let offline = false;
  const pairs = () => [...table].flatMap(([name, families]) => families.map((family) => ({ name, family })));
  const write = (): Promise<void> =>
    writeFile(
      file,
      (offline ? '# offline\n' : '') +
        pairs()
          .map(({ name, family }) => `${addresses[family]} ${name}\n`)
          .join(''),
    );
  await write();
  const server = await serveDns({
    get answers() {
      return pairs().map(({ name, family }) => ({ type: records[family], name, data: addresses[family] }));
    },
  });
  return {
    resolver: server.address,
    // --import takes a URL, so that a space in the path needs no quoting.
    env: { NODE_OPTIONS: `--import=${preload.href}`, SIGNALBOX_YARD_HOSTS: file },
    families: (name) => table.get(name) ?? [],
    async set(name, families) {
      table.set(name, families);
      await write();
    },
    async setOffline(next) {
      offline = next;
      await write();
    },
    stop: () => server.close(),
  };
}
