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

/** The page's address; with an incident, at that incident (the page reads the part after `#`). */
export function pageUrl(incidentId: string | null): string {
  const page = `${pageOrigin}/index.html`;
  return incidentId === null ? page : `${page}#incident=${encodeURIComponent(incidentId)}`;
}
