// Finds the connection URL in what a person pasted: a line of a .env file, a psql command, a quoted string, JDBC. Says what
// stood around it, and never repeats any of it.

export type Wrapping =
  | 'newline'
  | 'whitespace'
  | 'quotes'
  | 'command'
  | 'variable'
  | 'extra'
  | 'several-lines'
  | 'broken-line'
  | 'jdbc';

export type Pasted =
  | {
      readonly kind: 'url';
      /** From the scheme to the end, unwrapped, without `jdbc:`. */
      readonly url: string;
      readonly wrapping: readonly Wrapping[];
    }
  | { readonly kind: 'keywords'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'reference' | 'other-scheme' | 'empty' | 'unknown' };

const scheme = /(?:jdbc:)?postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i;

export function unwrap(text: string): Pasted {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return { kind: 'empty' };
  const found = scheme.exec(trimmed);
  if (found) return urlIn(text, trimmed, found.index);
  if (/^["']?\$(?:\{[^}]*\}|\w+)["']?$/.test(trimmed) || /\$\{secret:/.test(trimmed)) return { kind: 'reference' };
  const values = keywordsIn(trimmed);
  if (values.has('host') || values.has('hostaddr')) return { kind: 'keywords', values };
  if (/^["']?(?:\w+=)?["']?[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return { kind: 'other-scheme' };
  // user:password@host:port/database, the scheme lost while copying
  if (/^[\w.%-]+:\S+@(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:\/\S*)?$/.test(trimmed)) {
    return { kind: 'url', url: `postgresql://${trimmed}`, wrapping: ['extra'] };
  }
  return { kind: 'unknown' };
}

function urlIn(text: string, trimmed: string, start: number): Pasted {
  const wrapping: Wrapping[] = [];
  const before = trimmed.slice(0, start);
  const line = trimmed.slice(start);
  if (/[\r\n]\s*$/.test(text)) wrapping.push('newline');
  else if (text !== text.trim()) wrapping.push('whitespace');
  const bare = before.replace(/["'`]/g, '').trim();
  if (/^(?:\S*[/\\])?(?:psql|pg_dump|pg_restore|pgcli)\b/i.test(bare)) wrapping.push('command');
  else if (/[=:]$/.test(bare)) wrapping.push('variable');
  else if (bare !== '') wrapping.push('extra');
  const { url, rest, isBroken = false } = endOf(line);
  if (isBroken) wrapping.push('broken-line');
  if (/["'`]/.test(before) || /["'`]$/.test(url)) wrapping.push('quotes');
  if (scheme.test(rest)) wrapping.push('several-lines');
  else if (rest.replace(/["'`,;)\s]/g, '') !== '' && !wrapping.includes('command')) wrapping.push('extra');
  if (/^jdbc:/i.test(url)) wrapping.push('jdbc');
  // Nothing that ends a connection URL (host, port, database, parameter) ends in one of these.
  return { kind: 'url', url: url.replace(/^jdbc:/i, '').replace(/["'`,;)>]+$/, ''), wrapping };
}

const laterHost = /@[\w.[\]:-]+(?:[/?]\S*)?["'`]*\s*$/;
const wholeHost = /@(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[0-9a-f:]+\])(?::\d+)?(?:[/?]\S*)?$/i;

/** Up to the first blank; further where the host comes only later: a password may hold a blank, and a terminal breaks lines. */
function endOf(line: string): { readonly url: string; readonly rest: string; readonly isBroken?: boolean } {
  const blank = line.search(/\s/);
  if (blank < 0) return { url: line, rest: '' };
  const first = line.split(/[\r\n]/)[0] ?? line;
  if (blank < first.length && laterHost.test(first.slice(blank))) return { url: first.trim(), rest: line.slice(first.length) };
  const url = line.slice(0, blank);
  const rest = line.slice(blank);
  const isBroken = !wholeHost.test(url.replace(/["'`,;)>]+$/, '')) && laterHost.test(rest) && !scheme.test(rest);
  return isBroken ? { url: line.replace(/\s*[\r\n]\s*/g, ''), rest: '', isBroken } : { url, rest };
}

/** libpq's other form, `host=… user='…'` (libpq-connect.html, section 34.1.1.1). */
function keywordsIn(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const match of text.matchAll(/\b([a-z_]{2,40})\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s']\S*))/g)) {
    values.set(match[1] ?? '', (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1'));
  }
  return values;
}
