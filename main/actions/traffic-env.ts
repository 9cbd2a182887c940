// Sets the variable that the next production build reads, so that a later build does not undo the switch; and puts it back.
import { FaultError } from '../../shared/fault.ts';
import type { VercelEnvRow } from '../providers/vercel-model.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import { holds, pickRow, shown } from './env-row.ts';
import { addressOf, type Leg, otherSide } from './traffic-leg.ts';
import { openNotebook, readNotes } from './traffic-notes.ts';
import { lostAnswer } from './traffic-words.ts';

/** `name` may say more than "for the next build". */
export function envStep(leg: Leg, name?: string): Step {
  const { variable } = leg.deps.settings;
  return {
    name: name ?? (variable ? `Set ${variable.slice(0, 60)} for the next build` : 'Set the variable for the next build'),
    limitMs: 60_000,
    run: (context) => setVariable(leg, context),
    undo: (context) => putVariableBack(leg, context),
    undoLimitMs: 60_000,
  };
}

async function setVariable(leg: Leg, context: StepContext): Promise<StepEnd> {
  const book = openNotebook(context, leg.key);
  const { variable: key } = leg.deps.settings;
  if (book.notes.already) return { skipped: 'Nothing is to be changed.' };
  book.write({ beganAt: book.notes.beganAt ?? leg.deps.clock.now() });
  if (key === undefined) {
    book.warn('`traffic.variable` is not set: the next build of the front end will undo the switch.');
    return { skipped: '`traffic.variable` is not set: the next build will undo the switch.' };
  }
  const value = addressOf(leg, leg.to);
  const row = await rowOf(leg, key, context.signal);
  if (holds(row, value)) return { skipped: `${key} is ${value} already.` };
  // An interrupted attempt has noted the value before; what stands there now may be ours.
  if (book.notes.env === null) book.write({ env: { row: row?.id ?? null, before: row?.value ?? null, to: value } });
  await write(leg, key, row, value, context.signal);
  return {
    done: row ? `${key}: from ${shown(row)} to ${value}.` : `${key} was not there; added as ${value}.`,
  };
}

/** Takes `setVariable` back, unless somebody has changed the row since. */
export async function putVariableBack(leg: Leg, context: StepContext): Promise<StepEnd> {
  const { variable: key } = leg.deps.settings;
  const { env } = readNotes(context.memory, leg.key);
  if (env === null || key === undefined) return { skipped: 'The variable was not changed.' };
  const row = await rowOf(leg, key, context.signal);
  // We never delete: a row that we added, or whose value could not be read, gets the address that production served.
  const value = env.before ?? addressOf(leg, otherSide(leg.to));
  if (row === null) return { skipped: `${key} is not there any more.` };
  if (row.value === value) return { skipped: `${key} is ${value}, as before.` };
  if (row.value !== null && row.value !== env.to)
    return { skipped: `Somebody has set ${key} to ${shown(row)} since; left as it is.` };
  await write(leg, key, row, value, context.signal);
  return { done: env.before === null ? `${key} stays, with the address of before: ${value}.` : `${key} is ${value} again.` };
}

async function rowOf(leg: Leg, key: string, signal: AbortSignal): Promise<VercelEnvRow | null> {
  const { row, refusal } = pickRow(await leg.vercel.env(signal), key);
  if (refusal) throw new FaultError(refusal);
  return row;
}

/** A lost answer is followed by a look; only what is not there yet is written once more. */
async function write(leg: Leg, key: string, row: VercelEnvRow | null, value: string, signal: AbortSignal): Promise<void> {
  const put = (to: VercelEnvRow | null): Promise<VercelEnvRow> =>
    to ? leg.vercel.editEnv(to.id, value, signal) : leg.vercel.createEnv(key, value, signal);
  try {
    await put(row);
  } catch (error) {
    if (signal.aborted || !lostAnswer(error)) throw error;
    const now = await rowOf(leg, key, signal);
    if (now?.value !== value) await put(now);
  }
}
