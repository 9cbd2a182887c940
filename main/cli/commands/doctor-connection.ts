// `doctor <secret-name>`, `doctor --stdin`, `doctor --compare A B`: what is wrong with a database connection. A connection
// string is never taken from the command line, where every process of the machine can read it (SECURITY S-45).
import type { Command } from 'commander';
import type { ConnectionComparison, ConnectionFinding, ConnectionReport } from '../../../shared/doctor.ts';
import { FaultError } from '../../../shared/fault.ts';
import { secretName } from '../../../shared/settings.ts';
import type { Context } from '../context.ts';
import { lamps, type Out, told } from '../output.ts';
import { readSecret } from '../secret-input.ts';
import type { Ended } from '../services.ts';

export type ConnectionOptions = { readonly stdin?: true; readonly compare?: readonly string[]; readonly driver?: string };

/** The words that make `doctor` look at connections. */
export function withConnection(command: Command): void {
  command
    .argument('[secret-name]', 'examine the database connection kept in this secret')
    .option('--stdin', 'examine a connection that is piped in or pasted; it is not stored')
    .option('--compare <names...>', 'tell what differs between the connections in two secrets')
    .option('--driver <name>', 'driver that your application names in its URLs, such as psycopg2; "none" for none');
}

/** Null when no connection was asked about. @throws FaultError when the words do not fit together */
export function connectionDoctor(context: Context, name: string | undefined, options: ConnectionOptions): Promise<Ended> | null {
  const { stdin, compare, driver } = options;
  const asked = [name !== undefined, stdin === true, compare !== undefined].filter(Boolean).length;
  if (asked === 0 && driver === undefined) return null;
  for (const word of [...(name === undefined ? [] : [name]), ...(compare ?? [])]) checkName(word);
  if (asked !== 1 || (compare && driver !== undefined)) {
    throw usage('Name one secret, or use --stdin, or --compare with two names; --driver goes with the first two.');
  }
  if (compare) return comparison(context, compare);
  return report(context, name ?? null, driver);
}

// What is not a name may be the connection itself: it is not repeated.
function checkName(word: string): void {
  if (secretName.safeParse(word).success) return;
  throw new FaultError({
    code: 'secret-in-arguments',
    message:
      'That is not the name of a secret. Connection strings are not taken from the command line, where others can read them.',
    next: 'Pipe it in: pbpaste | signalbox doctor --stdin (or xclip -o, or type it after signalbox doctor --stdin). If it held a password, clear it from your shell’s history.',
  });
}

const driverPattern = /^[a-z0-9_]{1,40}$/;

async function report(context: Context, name: string | null, driver: string | undefined): Promise<Ended> {
  const { services, place, out, signal } = context;
  if (driver !== undefined && !driverPattern.test(driver)) throw usage('A driver is a single word, such as psycopg2 or asyncpg.');
  const question = name === null ? { text: await pasted(context) } : { secret: name };
  out.progress('Examining the connection…');
  const wanted = driver === undefined ? {} : { driver: driver === 'none' ? null : driver };
  const answer = await services.examineConnection(place, question, wanted, signal);
  out.progress('');
  out.answer(
    () => answer,
    () => reportLines(out, answer),
  );
  return endOf(answer.findings);
}

/** Too long a text is nothing that a connection could be. */
const mostCharacters = 2_000;

async function pasted({ secretSource, signal }: Context): Promise<string> {
  try {
    const text = await readSecret('the connection', secretSource, signal);
    if (text.length <= mostCharacters) return text;
    throw usage('What came in is longer than any connection string.');
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== 'secret-empty') throw error;
    throw usage('Nothing came in on standard input.');
  }
}

async function comparison(context: Context, names: readonly string[]): Promise<Ended> {
  const [a, b] = names;
  if (names.length !== 2 || a === undefined || b === undefined) throw usage('--compare takes the names of two secrets.');
  const { services, place, out, signal } = context;
  out.progress('Comparing…');
  const answer = await services.compareConnections(place, { a, b }, signal);
  out.progress('');
  out.answer(
    () => ({ a, b, ...answer }),
    () => comparisonLines(out, [a, b], answer),
  );
  return endOf(answer.problems.map(({ finding }) => finding));
}

const endOf = (findings: readonly ConnectionFinding[]): Ended => (findings.some(({ level }) => level === 'bad') ? 1 : 0);

const colours = { ok: 'green', warn: 'amber', bad: 'red' } as const;

function findingLines(out: Out, { level, message, next }: ConnectionFinding, about = ''): readonly string[] {
  const lamp = out.paint(colours[level], `${lamps[colours[level]]} ${level.padEnd(4)}`);
  return [`${lamp}  ${about}${told(message)}`, ...(next === null ? [] : [`        ${told(next)}`])];
}

function reportLines(out: Out, { findings, corrected }: ConnectionReport): readonly string[] {
  return [
    ...findings.flatMap((finding) => findingLines(out, finding)),
    ...(corrected === null ? [] : ['', `Corrected, with your password in place of [password]:`, `  ${told(corrected)}`]),
  ];
}

function comparisonLines(
  out: Out,
  [a, b]: readonly [string, string],
  { differences, same, problems }: ConnectionComparison,
): readonly string[] {
  const rows = differences.filter((one) => one.a !== null || one.b !== null);
  const table = out.table([['', a, b], ...rows.map((one) => [one.what, told(one.a ?? 'not said'), told(one.b ?? 'not said')])]);
  return [
    ...(rows.length > 0 ? table : []),
    ...(differences.length === 0 ? ['No meaningful difference.'] : []),
    ...differences.flatMap(({ what, meaning }) => (meaning === null ? [] : [`${what}: ${meaning}`])),
    ...(same.length > 0 ? [out.faint(`Alike: ${same.join(', ')}.`)] : []),
    ...problems.flatMap(({ secret, finding }) => findingLines(out, finding, `${secret}: `)),
  ];
}

function usage(message: string): FaultError {
  return new FaultError({ code: 'usage', message, next: 'See signalbox doctor --help.' });
}
