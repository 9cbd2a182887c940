// What a page is made of, read out of its text: the scripts that it loads, those which they import, the JSON documents that they
// name. No requests; and no parser, because only addresses in quotes are looked for.

/** More tags than any page has: reading stops there. */
const mostTags = 500;

/** Scripts of the page's own site in the order of the document, inline ones apart. `text` is free of comments. */
export function scriptsOf(
  text: string,
  pageUrl: string,
): { readonly urls: readonly string[]; readonly inline: readonly string[] } {
  const base = URL.parse(attribute(firstTag(text, 'base'), 'href') ?? '', pageUrl)?.href ?? pageUrl;
  const found: (string | null)[] = [];
  const inline: string[] = [];
  for (const match of [...text.matchAll(/<(script|link)\b[^<>]{0,4000}>/gi)].slice(0, mostTags)) {
    const tag = match[0];
    if (match[1]?.toLowerCase() === 'link') {
      if (loadsScript(tag)) found.push(attribute(tag, 'href'));
      continue;
    }
    const source = attribute(tag, 'src');
    if (source !== null) found.push(source);
    else inline.push(inlineAfter(text, match.index + tag.length));
  }
  return { urls: unique(found.flatMap((one) => sameSite(one, base, pageUrl) ?? [])), inline };
}

/** `<link rel="modulepreload">`, or a preload of a script. */
function loadsScript(tag: string): boolean {
  const rel = attribute(tag, 'rel')?.toLowerCase().split(/\s+/) ?? [];
  return rel.includes('modulepreload') || (rel.includes('preload') && attribute(tag, 'as')?.toLowerCase() === 'script');
}

function inlineAfter(text: string, start: number): string {
  const closing = /<\/script/gi;
  closing.lastIndex = start;
  return text.slice(start, closing.exec(text)?.index);
}

function firstTag(text: string, name: string): string {
  return new RegExp(`<${name}\\b[^<>]{0,4000}>`, 'i').exec(text)?.[0] ?? '';
}

function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>"']+))`, 'i').exec(tag);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? null : value.replace(/&amp;/g, '&').trim();
}

/** HTML without its comments. One that never ends is none: scripts may have `<!--` in a text of theirs. */
export function withoutComments(html: string): string {
  const kept: string[] = [];
  let from = 0;
  for (;;) {
    const start = html.indexOf('<!--', from);
    const end = start === -1 ? -1 : html.indexOf('-->', start + 4);
    if (end === -1) return kept.join('') + html.slice(from);
    kept.push(html.slice(from, start));
    from = end + 3;
  }
}

/** Modules that a script imports by a relative or absolute path, at its start or later. */
export function importsOf(script: string, scriptUrl: string): readonly string[] {
  const pattern = /(?<![.\w$])(?:import\s{0,20}\(?|from)\s{0,20}["'`](\.{0,2}\/[^"'`\s\\$]{1,500})["'`]/g;
  return unique([...script.matchAll(pattern)].flatMap((match) => sameSite(match[1] ?? null, scriptUrl, scriptUrl) ?? []));
}

/** JSON documents of the page's origin that a script names literally, the likeliest holders of settings first. A path that a
 *  script fetches is meant from the page, not from the script. */
export function jsonNamedIn(script: string, pageUrl: string): readonly string[] {
  const pattern = /["'`]((?:https?:\/\/|\.{0,2}\/)?[\w@~][^"'`\s\\$<>{}]{0,300}\.json(?:\?[^"'`\s\\$]{0,200})?)["'`]/g;
  const urls = [...script.matchAll(pattern)].flatMap((match) => {
    const url = URL.parse(match[1] ?? '', pageUrl);
    return url && url.origin === new URL(pageUrl).origin ? [withoutHash(url)] : [];
  });
  return unique(urls);
}

/** Those whose name speaks of settings come first. */
export function likeliestFirst(urls: readonly string[]): readonly string[] {
  const speaks = (url: string): number =>
    /config|env|setting|runtime|banner|notice|status/i.test(new URL(url).pathname) ? 0 : 1;
  return urls.toSorted((a, b) => speaks(a) - speaks(b));
}

/** The address, if it belongs to the page's site, by the same protocol. */
function sameSite(address: string | null, base: string, pageUrl: string): string | null {
  const url = address === null ? null : URL.parse(address, base);
  const page = new URL(pageUrl);
  return url && url.protocol === page.protocol && isWithinSite(url, page) ? withoutHash(url) : null;
}

/** Whether its host is the page's, or one below it; `www.` does not count. */
export function isWithinSite(url: URL, page: URL): boolean {
  const [host, site] = [nameOf(url), nameOf(page)];
  return host === site || host.endsWith(`.${site}`);
}

function nameOf({ hostname }: URL): string {
  return hostname.replace(/^www\./, '');
}

function withoutHash(url: URL): string {
  url.hash = '';
  return url.href;
}

export function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}
