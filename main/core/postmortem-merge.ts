// A page that is partly ours and partly a person's. What we write stands between two HTML comments with a short hash of it; when
// the page is made again, a block that still has its hash is replaced, one that does not is the person's and stays, with
// what we would write offered once beneath. Whatever is outside the blocks is not touched at all.

export type Block = { readonly name: string; readonly lines: readonly string[] };
/** Lines for a person to write in, and blocks of ours. No two blocks have the same name. */
export type Page = readonly (string | Block)[];

const offerNote =
  '_You changed the part above; this is what Signalbox would write there now. Take what you need and delete the rest._';

type Kind = 'begin' | 'yours' | 'offer';
type Found = {
  readonly kind: Kind;
  readonly name: string;
  /** `begin` and `offer`: of the content as it was written. `yours`: of what was last offered in its place. */
  readonly hash: string;
  readonly lines: readonly string[];
  /** The fences as they stand there. */
  readonly fences: readonly [string, string];
};

/** FNV-1a over UTF-16, 32 bit: tells an edit, proves nothing. Blanks at the end of a line, which editors strip, do not count. */
function hashOf(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const line of lines) {
    for (const character of `${line.trimEnd()}\n`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const opening = (kind: Kind, name: string, hash: string): string => `<!-- signalbox:${kind} ${name} ${hash} -->`;
const closing = (name: string): string => `<!-- signalbox:end ${name} -->`;

/** The page for the first time. */
export function firstPage(page: Page): string {
  return `${page.flatMap((part) => (typeof part === 'string' ? [part] : written('begin', part, part.lines))).join('\n')}\n`;
}

function written(kind: Kind, { name }: Block, lines: readonly string[]): readonly string[] {
  return [opening(kind, name, hashOf(lines)), ...lines, closing(name)];
}

/** `previous` with our blocks brought up to date. Doing it twice is doing it once. */
export function mergePage(previous: string, page: Page): string {
  let text = previous;
  // Where somebody broke a fence, one that goes may let two others meet; every round leaves fewer of those.
  for (let round = 0; round < mostRounds; round += 1) {
    const merged = mergeOnce(text, page);
    if (merged === text) break;
    text = merged;
  }
  return text;
}

const mostRounds = 20;

function mergeOnce(previous: string, page: Page): string {
  const blocks = new Map(page.flatMap((part) => (typeof part === 'string' ? [] : [[part.name, part] as const])));
  const parts = partsOf(previous.split('\n'));
  const eol = /\r\n/.test(previous) ? '\r' : '';
  const merged: string[] = [];
  for (const part of parts) {
    const block = typeof part === 'string' ? undefined : blocks.get(part.name);
    if (typeof part === 'string') merged.push(part);
    // A block of a version that knew more than this one.
    else if (block === undefined) merged.push(part.fences[0], ...part.lines, part.fences[1]);
    else merged.push(...renew(part, block, parts, eol));
  }
  return merged.join('\n');
}

function renew(found: Found, block: Block, parts: readonly (string | Found)[], eol: string): readonly string[] {
  const { kind, name, hash, lines, fences } = found;
  const ours = (made: readonly string[]): readonly string[] => made.map((line) => `${line}${eol}`);
  const fresh = hashOf(block.lines);
  const others = parts.filter((part): part is Found => typeof part !== 'string' && part !== found && part.name === name);
  if (kind === 'begin') {
    if (hashOf(lines) === hash)
      return hash === fresh ? [fences[0], ...lines, fences[1]] : ours(written('begin', block, block.lines));
    // They changed what we would write again: there is nothing new to offer.
    const isNews = fresh !== hash && !others.some(isOpenOffer);
    return [...ours([opening('yours', name, fresh)]), ...lines, fences[1], ...(isNews ? ours(offer(block)) : [])];
  }
  if (kind === 'yours') {
    if (hash === fresh) return [fences[0], ...lines, fences[1]];
    const isOffered = others.some(isOpenOffer);
    return [...ours([opening('yours', name, fresh)]), ...lines, fences[1], ...(isOffered ? [] : ours(offer(block)))];
  }
  // An offer that was worked on is the person's own text from now on.
  if (!isOpenOffer(found)) return lines;
  const isTaken = !others.some((other) => other.kind !== 'offer');
  if (isTaken) return ours(written('begin', block, block.lines));
  return hash === hashOf(offered(block)) ? [fences[0], ...lines, fences[1]] : ours(offer(block));
}

const offered = ({ lines }: Block): readonly string[] => [offerNote, '', ...lines];
const offer = (block: Block): readonly string[] => written('offer', block, offered(block));
const isOpenOffer = ({ kind, hash, lines }: Found): boolean => kind === 'offer' && hashOf(lines) === hash;

const openingLine = /^<!-- signalbox:(begin|yours|offer) ([a-z]{1,20}) ([0-9a-f]{8}) -->\s*$/;

/** Lines and blocks. A fence without its partner is a line like any other. */
function partsOf(lines: readonly string[]): readonly (string | Found)[] {
  const parts: (string | Found)[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, kind, name = '', hash = ''] = openingLine.exec(line) ?? [];
    const end = kind === undefined ? -1 : endOf(lines, index + 1, name);
    if (end < 0) {
      parts.push(line);
      continue;
    }
    const fences = [line, lines[end] ?? ''] as const;
    parts.push({ kind: kind as Kind, name, hash, lines: lines.slice(index + 1, end), fences });
    index = end;
  }
  return parts;
}

function endOf(lines: readonly string[], from: number, name: string): number {
  for (let index = from; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trimEnd();
    if (line === closing(name)) return index;
    if (openingLine.test(line)) return -1;
  }
  return -1;
}
