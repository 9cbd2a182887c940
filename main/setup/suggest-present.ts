// What of a settings document a suggestion must know: what is watched and set up already. The document is as it is written, so
// anything in it may be of any shape. Pure.
import type { Role } from '../../shared/monitor.ts';
import type { Part } from './suggest-part.ts';

export type Present = {
  readonly ids: ReadonlySet<string>;
  /** `host:port` of the monitors with this role. */
  hostsOf(role: Role): ReadonlySet<string>;
  /** Services that `providers.render` names; null when it is not set up. */
  readonly renderServices: readonly string[] | null;
  /** Whether this part would say what is said already. */
  has(part: Part): boolean;
};

export function presentIn(document: Readonly<Record<string, unknown>>): Present {
  const monitors = Array.isArray(document.monitors) ? document.monitors.filter(isRecord) : [];
  const providers = isRecord(document.providers) ? document.providers : {};
  const targets = new Set(monitors.map(targetOf));
  const paths = new Set([
    ...Object.keys(providers).map((name) => `providers.${name}`),
    ...Object.keys(document).filter((name) => name === 'dump'),
  ]);
  return {
    ids: new Set(monitors.map(({ id }) => String(id).toLowerCase())),
    hostsOf: (role) =>
      new Set(monitors.filter((one) => one.role === role && typeof one.url === 'string').map((one) => hostOf(String(one.url)))),
    renderServices: isRecord(providers.render) ? texts(providers.render.services) : null,
    has: ({ path, value }) => (path === 'monitors' ? isRecord(value) && targets.has(targetOf(value)) : paths.has(path)),
  };
}

/** A page is the same page whichever of its documents is read. */
function targetOf({ kind, url, connection }: Readonly<Record<string, unknown>>): string {
  if (typeof url !== 'string') return `${String(kind)} ${String(connection)}`;
  return `${String(kind)} ${kind === 'status-page' ? hostOf(url) : (URL.parse(url)?.href ?? url)}`;
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
