// Where the page lives: app://signalbox/, and the one test of "is this ours" that navigation, bridge and protocol share.

export const scheme = 'app';
const host = 'signalbox';
/** An origin as Chromium writes it for a standard scheme. */
export const pageOrigin = `${scheme}://${host}`;

/** Whether `text` is an address of our own page. Parsed, never compared by its beginning: `app://signalbox@evil/` and
 *  `app://signalbox.evil/` begin alike. */
export function isOurs(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === `${scheme}:` && url.host === host && url.username === '' && url.password === '';
}

/** What of the page comes into view: an incident by its id, a lever by its name, or the settings. */
export type Spot = { readonly incident: string } | { readonly lever: string } | 'settings';

/** The page's address, at a spot if one is named (the page reads the part after `#`). */
export function pageUrl(spot: Spot | null): string {
  const page = `${pageOrigin}/index.html`;
  if (spot === null) return page;
  if (spot === 'settings') return `${page}#settings`;
  return 'lever' in spot
    ? `${page}#lever=${encodeURIComponent(spot.lever)}`
    : `${page}#incident=${encodeURIComponent(spot.incident)}`;
}
