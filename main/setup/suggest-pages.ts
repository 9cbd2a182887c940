// The status pages that explain outages: those of the providers, by name, and any other that is pasted (providers/README
// section 2.1). Pure.
import type { Found, Part } from './suggest-part.ts';

export const monitor = (value: object, why: string): Part => ({ path: 'monitors', value, why });
/** A monitor's name has 100 characters. */
export const shown = (name: string): string => name.slice(0, 80);

const pages = {
  render: { name: 'Render', url: 'https://status.render.com' },
  supabase: { name: 'Supabase', url: 'https://status.supabase.com' },
  vercel: { name: 'Vercel', url: 'https://www.vercel-status.com' },
  rollbar: { name: 'Rollbar', url: 'https://status.rollbar.com' },
} as const;

/** `components` only where they are known: a name that the page does not have would leave the monitor without a verdict. */
export function providerPage(id: keyof typeof pages, components: readonly string[], why: string): Part {
  const { name, url } = pages[id];
  const some = components.length > 0 ? { components: [...components] } : {};
  return monitor({ id, name, kind: 'status-page', role: 'provider', url, ...some }, why);
}

const pageHosts = [
  'statuspage.io',
  'instatus.com',
  'betteruptime.com',
  'vercel-status.com',
  'githubstatus.com',
  'slack-status.com',
];

/** Whether its name says that this is a status page. */
export function isPage({ hostname }: URL): boolean {
  return hostname.startsWith('status.') || pageHosts.some((name) => hostname === name || hostname.endsWith(`.${name}`));
}

export function pageParts(url: URL): Found | null {
  if (url.hostname === 'manage.statuspage.io') return managedPage(url);
  const name = url.hostname.replace(/^status\./, '').replace(/\.(?:statuspage\.io|instatus\.com|betteruptime\.com)$/, '');
  const known = Object.entries(pages).find(([, page]) => new URL(page.url).host === url.host);
  const value = {
    ...{ id: known?.[0] ?? 'provider', name: known?.[1].name ?? shown(name), kind: 'status-page', role: 'provider' },
    url: known?.[1].url ?? url.href,
  };
  const why = 'Explains an outage; it never opens one by itself. Name the parts that concern you, as the page writes them.';
  return { title: `The status page of ${value.name}`, parts: [monitor(value, why)] };
}

/** Where the owner of a page works on it. */
function managedPage({ pathname }: URL): Found | null {
  const pageId = /^\/pages\/([a-z0-9]{4,40})(?:\/|$)/.exec(pathname)?.[1];
  if (pageId === undefined) return null;
  const why = 'Lets the Banner lever open and close incidents on your status page. Needs an API key.';
  const value = { token: '${secret:statuspage-token}', pageId };
  return { title: `Your page ${pageId} at Statuspage`, parts: [{ path: 'providers.statuspage', value, why }] };
}
