// Joins the connection doctor: reads a pasted text or a stored secret, tries the connection, asks Supabase for its pooler and
// pg_dump for its version, and hands all that to the pure part. What it was given goes nowhere but to the server it names.
import { homedir } from 'node:os';
import packageJson from '../package.json' with { type: 'json' };
import type { ConnectionComparison, ConnectionQuestion, ConnectionReport } from '../shared/doctor.ts';
import { FaultError } from '../shared/fault.ts';
import { fillSecrets } from '../shared/fill-secrets.ts';
import type { Settings } from '../shared/settings.ts';
import { choose, findPgDumps, pgDumpAt } from './actions/pg-dump-find.ts';
import { thisMachine } from './actions/pg-dump-machine.ts';
import { tryConnection } from './checks/connection-trial.ts';
import type { Resolve } from './checks/postgres-route.ts';
import { compareConnections } from './core/connection-compare.ts';
import { type ConnectionFacts, examine, isTriable, type Parts, readConnection } from './core/connection-doctor.ts';
import { systemClock } from './engine/clock.ts';
import type { Secrets } from './engine/ports.ts';
import { isLocal } from './providers/locality.ts';
import { type PostgresTarget, sslModes } from './providers/postgres-url.ts';
import { makeSupabase } from './providers/supabase.ts';

export type DoctorParts = {
  /** Null when the settings cannot be read: the text alone is examined then. */
  readonly settings: Settings | null;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
  /** The driver that the application names in its URLs; null for none; absent where nobody said. */
  readonly driver?: string | null;
  /** For tests. */
  readonly resolve?: Resolve;
};

/** For everything together, ms. */
const limitMs = 10_000;

/** Examines one connection. Rejects with a FaultError when the secret is not set or cannot be read, and with the signal's
 *  reason when that aborts. What could not be found out within 10 s is left out. */
export async function examineConnection(question: ConnectionQuestion & DoctorParts): Promise<ConnectionReport> {
  const text = await textOf(question, question.secrets);
  return examine(text, await factsOf(text, question));
}

/** What differs between two stored connections. Rejects like `examineConnection`. */
export async function compareStored(
  names: { readonly a: string; readonly b: string },
  parts: DoctorParts,
): Promise<ConnectionComparison> {
  const sideOf = async (name: string) => {
    const text = await textOf({ secret: name }, parts.secrets);
    return { name, text, facts: await factsOf(text, { ...parts, settings: null }) };
  };
  const [a, b] = await Promise.all([sideOf(names.a), sideOf(names.b)]);
  return compareConnections(a, b);
}

async function textOf(question: ConnectionQuestion, secrets: Secrets): Promise<string> {
  if ('text' in question) return question.text;
  const found = await secrets.get(question.secret);
  if (found) return found.value;
  throw new FaultError({
    code: 'secret-missing',
    message: `The secret "${question.secret}" is not set.`,
    next: `Store it with: signalbox secret set ${question.secret}`,
  });
}

async function factsOf(text: string, { settings, secrets, signal, driver, resolve }: DoctorParts): Promise<ConnectionFacts> {
  signal.throwIfAborted();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const parts = readConnection(text);
  const [tried, pooler, dumpers] = await Promise.all([
    parts && isTriable(parts) ? tryConnection(targetOf(parts), systemClock, limit, resolve) : null,
    poolerOf(settings, secrets, limit),
    settings ? pgDumpsOf(settings, limit) : null,
  ]);
  signal.throwIfAborted();
  const ref = settings?.providers.supabase?.ref ?? null;
  const serverMajor = Number(tried?.serverVersion?.split('.')[0]) || 0;
  const dumper = dumpers && (choose(dumpers, serverMajor) ?? [...dumpers].sort((a, b) => b.major - a.major)[0]);
  return {
    ...(driver === undefined ? {} : { driver }),
    ref,
    ...pooler,
    ...(tried && {
      ...(tried.addresses && { addresses: tried.addresses }),
      families: tried.families,
      login: tried.failure ? { ok: false, code: tried.failure.code, message: tried.failure.message } : { ok: true },
      serverVersion: tried.serverVersion,
    }),
    ...(dumpers && { pgDumpVersion: dumper?.version ?? null }),
  };
}

/** What the text means, even where it is not written as it should be: so the login tells what is wrong beside the spelling. */
function targetOf({ host, port, user, password, database, parameters }: Parts): PostgresTarget {
  const given = sslModes.find((mode) => mode === parameters.get('sslmode'));
  const isWeak = given === undefined || given === 'disable' || given === 'allow' || given === 'prefer';
  return {
    ...{ host, port: port ?? 5_432, user, password },
    ...{ database: database ?? user, namesDatabase: database !== null },
    // A URL that is under suspicion does not get to send its password over the internet in plain text.
    sslMode: isWeak && !isLocal(host) ? 'require' : (given ?? 'prefer'),
    rootCert: parameters.get('sslrootcert') ?? null,
    options: parameters.get('options') ?? null,
  };
}

/** Supabase that cannot be asked is a finding, not a failure of the doctor. */
async function poolerOf(
  settings: Settings | null,
  secrets: Secrets,
  limit: AbortSignal,
): Promise<Pick<ConnectionFacts, 'pooler' | 'poolerProblem'>> {
  const supabase = settings?.providers.supabase;
  if (!supabase) return {};
  try {
    const { value: token } = await fillSecrets(supabase.token, (secret) => textOf({ secret }, secrets));
    const userAgent = `signalbox/${packageJson.version}`;
    return { pooler: await makeSupabase({ ...supabase, token: async () => token, userAgent }).pooler(limit) };
  } catch (error) {
    if (limit.aborted) return { poolerProblem: `Supabase did not answer within ${limitMs / 1_000} s.` };
    if (error instanceof FaultError) return { poolerProblem: error.message };
    throw error;
  }
}

async function pgDumpsOf({ dump }: Settings, signal: AbortSignal) {
  const machine = thisMachine({ platform: process.platform, env: process.env, home: homedir(), signal });
  if (dump?.pgDump === undefined) return await findPgDumps(machine);
  const named = await pgDumpAt(dump.pgDump, machine);
  return named ? [named] : [];
}
