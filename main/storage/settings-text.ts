// Settings text to a plain value, with the place of a mistake as people count it. Knows JSON; not what settings mean.
import { FaultError } from '../../shared/fault.ts';

/** The JSON object in `text`. @throws FaultError `settings-invalid` with line and column */
export function parseSettingsText(text: string, file: string): Record<string, unknown> {
  const clean = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(clean);
  } catch (error: unknown) {
    const at = firstMistake(clean) ?? clean.length;
    const [line, column] = lineAndColumn(clean, at);
    throw new FaultError({
      code: 'settings-invalid',
      message: `${file} is not valid JSON: line ${line}, column ${column}, ${describe(clean, at)}.`,
      next: `Correct line ${line} and try again; nothing was changed.`,
      cause: error,
    });
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FaultError({
    code: 'settings-invalid',
    message: `${file} must hold one JSON object, { ... }.`,
    next: 'Put the settings into one pair of braces and try again; nothing was changed.',
  });
}

/** `text` with its comments (`//` and `/*`) blanked out, so that places in it stay where they are. The running file may not
 *  hold any; text that a person pastes or imports may. */
export function withoutComments(text: string): string {
  const parts = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
  return text.replace(parts, (part) => (part.startsWith('"') ? part : part.replaceAll(/[^\r\n]/g, ' ')));
}

const blank = /[ \t\r\n]*/y;
const token =
  /(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b))/y;

type Expect = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/**
 * The offset at which `text` stops being JSON, its length when it ends too early, `null` when it is JSON. V8 tells it inside a sentence, and only for some mistakes, so it is found here:
 * tokens are read one by one and each must be one that may follow.
 */
export function firstMistake(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let expect: Expect = 'value';
  let at = 0;
  for (;;) {
    blank.lastIndex = at;
    const start = at + (blank.exec(text)?.[0].length ?? 0);
    if (start === text.length) return expect === 'nothing' ? null : start;
    token.lastIndex = start;
    const match = token.exec(text);
    if (!match) return start;
    const after = follow(expect, match[1] ?? (match[2] === undefined ? 'literal' : 'string'), open);
    if (after === null) return start;
    expect = after;
    at = token.lastIndex;
  }
}

/** What may come after `found`, or `null` when `found` itself may not stand here. */
function follow(expect: Expect, found: string, open: ('{' | '[')[]): Expect | null {
  const closed = (): Expect => (open.length === 0 ? 'nothing' : 'comma-or-end');
  if (expect === 'colon') return found === ':' ? 'value' : null;
  if (expect === 'comma-or-end' && found === ',') return open.at(-1) === '{' ? 'key' : 'value';
  if (found === '}' || found === ']') {
    const mayEnd = expect === 'comma-or-end' || expect === (found === '}' ? 'key-or-end' : 'value-or-end');
    if (!mayEnd || open.pop() !== (found === '}' ? '{' : '[')) return null;
    return closed();
  }
  if (expect === 'key' || expect === 'key-or-end') return found === 'string' ? 'colon' : null;
  if (expect !== 'value' && expect !== 'value-or-end') return null;
  if (found === '{' || found === '[') {
    open.push(found);
    return found === '{' ? 'key-or-end' : 'value-or-end';
  }
  return found === 'string' || found === 'literal' ? closed() : null;
}

function lineAndColumn(text: string, at: number): [number, number] {
  const before = text.slice(0, at).split('\n');
  return [before.length, (before.at(-1)?.length ?? 0) + 1];
}

function describe(text: string, at: number): string {
  if (at >= text.trimEnd().length) return 'the file ends too early';
  if (/^\/[/*]/.test(text.slice(at))) return 'a comment, which JSON does not have';
  const before = text.slice(0, at).trimEnd().at(-1);
  if (before === ',' && /[}\]]/.test(text[at] ?? '')) return `a comma before "${text[at]}", which JSON does not allow`;
  return `unexpected ${JSON.stringify(
    text
      .slice(at)
      .split(/[\s,}\]]/)[0]
      ?.slice(0, 20) || text[at],
  )}`;
}
