// Text from outside as Markdown that only says it (SECURITY S-46): no HTML, no headings, nothing that a renderer would make
// clickable. Whatever looks like an address stands in a code span, for renderers link bare addresses even where they are escaped.
import { safeText } from '../../shared/redact.ts';

/** What GitHub and others turn into links: addresses, names of hosts, mail addresses, mentions, issue numbers, commits. */
const linkable = /:\/\/|\bwww\.|@|#\d|\bGH-\d|\bmailto:|[\w-]\.[a-z]{2,}|^[0-9a-f]{7,40}$/i;
const special = /[\\`*_[\]<>&#~|$!^]/g;
/** Stays outside a code span, as the marks around a quoted name. */
const edges = /^(["'“”‘’(,;:]*)([\s\S]*?)(["'“”‘’),;:.!?…]*)$/;

/** One line, at most `mostCharacters` long before it is escaped. Not for the start of a line: something of ours goes before it. */
export function inMarkdown(text: string, mostCharacters = 2_000): string {
  return safeText(text, mostCharacters)
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(wordOf)
    .join(' ');
}

function wordOf(word: string): string {
  if (!linkable.test(word)) return escaped(word);
  const [, before = '', core = '', after = ''] = edges.exec(word) ?? [];
  return core === '' ? escaped(word) : `${escaped(before)}${codeSpan(core)}${escaped(after)}`;
}

const escaped = (text: string): string => text.replace(special, '\\$&');

/** CommonMark 6.1: a fence longer than any inside, and blanks where the text begins or ends with a backtick. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}
