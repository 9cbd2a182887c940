// Reads what a person pastes as an address: as it comes out of a browser, a shell or a settings file. Refuses what is no
// address, and keeps no credential that stands in one. Pure.

/** A web address without user, password, fragment and what looks like a key in its query. */
export type WebAddress = {
  readonly url: URL;
  /** Something was left out because it looked like a credential. */
  readonly hadCredential: boolean;
};

const longestAddress = 500;

/** In quotes, as a line of a shell or of a settings file, with spaces or invisible marks around. */
export function unwrapped(text: string): string {
  return text
    .replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '')
    .replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*/, '')
    .replace(/^psql\s+/, '')
    .replace(/^(["'`<])(.*)["'`>]$/s, '$2')
    .trim();
}

/** Null unless it is http or https, or a name or IP address with nothing before it: https is meant then. */
export function webAddress(text: string): WebAddress | null {
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[\w.-]+:\d{1,5}(?:[/?#]|$)/.test(text);
  // Without a scheme a word is no host, and a mailbox no address.
  if (!hasScheme && (!/^(?:localhost(?=[:/?#]|$)|\[|[^/?#:]*[^/?#:.]\.[^/?#:.])/i.test(text) || text.includes('@'))) return null;
  const url = URL.parse(hasScheme ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || isNobodys(url.hostname)) return null;
  const keys = [...url.searchParams.keys()].filter((name) => keyName.test(name));
  const hadCredential = url.username !== '' || url.password !== '' || keys.length > 0;
  url.username = '';
  url.password = '';
  url.hash = '';
  for (const name of keys) url.searchParams.delete(name);
  return url.href.length <= longestAddress ? { url, hadCredential } : null;
}

const keyName = /(?:^|[-_.])(?:api-?key|key|token|secret|password|passwd|pwd|auth|sig|signature|jwt)$/i;

/** Cloud metadata, link-local and "any" addresses are nobody's product (SECURITY S-35). IPv4 is normalised by then. */
export function isNobodys(host: string): boolean {
  return /^(?:169\.254\.|100\.100\.100\.200$|0\.0\.0\.0$|\[::\]$|\[fe[89ab][0-9a-f]:|\[::ffff:a9fe:|\[fd00:ec2::254\]$|metadata\.google\.internal\.?$)/i.test(
    host,
  );
}
