// Whether a text contains an address or a sentence, in any of the ways in which builds and pages write it. Pure.

/** Looks for `address` as a whole origin (or origin with path): what follows may be a path, not more of the name. */
export function findsAddress(address: string): (text: string) => boolean {
  const bare = withoutSlash(address);
  const forms = [...new Set([bare, withoutSlash(URL.parse(bare)?.href ?? bare)])].map((form) => {
    // JSON may escape slashes; a query string percent-encodes them and the colon.
    const plain = escaped(form).replaceAll('/', String.raw`\\?/`);
    const coded = escaped(encodeURIComponent(form));
    return `${plain}${plainEnd}|${coded}${codedEnd}`;
  });
  const pattern = new RegExp(`(?<![a-z0-9])(?:${forms.join('|')})`, 'i');
  return (text) => pattern.test(text);
}

// Not more of the host's name, no port, no user name that turns it into something else.
const plainEnd = String.raw`(?![\w-]|\.[\w-]|:\d|[:.]?@|:[^\s/"'\x60]*@|%(?!2f|3f|23|22|27|20|26))`;
const codedEnd = String.raw`(?![\w-]|\.[\w-]|%3a\d|%40|%2e|%2d)`;

/** Looks for a sentence, runs of blanks being one: as it is, HTML-escaped, or escaped as in scripts and JSON. */
export function findsText(text: string): (haystack: string) => boolean {
  const needle = oneSpaced(text);
  // No way of escaping touches plain letters and digits: without its longest word the sentence is not there either.
  const [word = ''] = (needle.match(/[a-z0-9]+/gi) ?? []).toSorted((a, b) => b.length - a.length);
  return (haystack) => {
    if (!haystack.includes(word)) return false;
    const raw = oneSpaced(haystack);
    if (raw.includes(needle)) return true;
    const once = unescaped(haystack);
    // Twice: JSON inside a script's string.
    return [fromHtml(haystack), once, unescaped(once), fromHtml(once)].some((form) => oneSpaced(form).includes(needle));
  };
}

/** The same address, slashes at its end aside. */
export function isSameAddress(one: string, other: string): boolean {
  const [left, right] = [withoutSlash(one.trim()), withoutSlash(other.trim())];
  return left === right || withoutSlash(URL.parse(left)?.href ?? left) === withoutSlash(URL.parse(right)?.href ?? right);
}

/** Every string value within a JSON value, up to a depth that no settings reach. */
export function stringsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object' || depth > 20) return [];
  return Object.values(value).flatMap((one) => stringsIn(one, depth + 1));
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|([\s\S]))/gi, (all, long, four, two, single) => {
    const hex = long ?? four ?? two;
    if (hex !== undefined) return character(Number.parseInt(hex, 16)) ?? all;
    // A line that goes on: both characters vanish.
    if (single === '\n') return '';
    return /[nrtbfv]/.test(single) ? ' ' : single;
  });
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function fromHtml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/gi, (all, hex, decimal, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? all;
    return character(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) ?? all;
  });
}

function character(code: number): string | null {
  return code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

function oneSpaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
