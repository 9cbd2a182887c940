// The fastest way: the address that the front end reads at run time, a Global Config item. Written, seen from outside, or put
// back (providers/README section 1.2).
import { z } from 'zod';
import type { Json } from '../engine/levers.ts';
import type { StepContext, StepEnd } from './action.ts';
import { addressOf, awaitOutside, type Leg, sayOutside } from './traffic-leg.ts';
import { type Notebook, readNotes } from './traffic-notes.ts';
import type { Attempt } from './traffic-way.ts';
import { lostAnswer } from './traffic-words.ts';

const keyOf = (leg: Leg): string => leg.deps.settings.key;

export async function switchConfig(leg: Leg, context: StepContext, book: Notebook): Promise<Attempt> {
  const { globalConfigId: id } = leg.deps;
  if (id === null) return { gaveUp: '`traffic.globalConfigId` is not set' };
  const { signal } = context;
  const [key, value] = [keyOf(leg), addressOf(leg, leg.to)];
  const now = await leg.vercel.configItem(id, key, signal);
  if (book.notes.config === null) book.write({ config: { existed: now !== undefined, before: z.json().parse(now ?? null) } });
  if (now !== value) await put(leg, { id, value }, signal);
  const outside = await awaitOutside(leg, leg.to, leg.times.config, signal);
  if (outside.serves === leg.to) return { done: `the item ${key} is ${value}` };
  await putConfigBack(leg, context);
  return { gaveUp: `the item ${key} was written, but ${sayOutside(outside)}` };
}

/** A lost answer is followed by a look; only what is not there yet is written once more. `undefined` removes the item. */
async function put(
  leg: Leg,
  { id, value }: { readonly id: string; readonly value: Json | undefined },
  signal: AbortSignal,
): Promise<void> {
  const write = (): Promise<void> => leg.vercel.writeConfigItem(id, keyOf(leg), value, signal);
  try {
    await write();
  } catch (error) {
    if (signal.aborted || !lostAnswer(error)) throw error;
    const now = await leg.vercel.configItem(id, keyOf(leg), signal);
    if (JSON.stringify(now) !== JSON.stringify(value)) await write();
  }
}

/** Takes it back, unless somebody has written the item since. */
export async function putConfigBack(leg: Leg, context: StepContext): Promise<StepEnd> {
  const { globalConfigId: id } = leg.deps;
  const { config } = readNotes(context.memory, leg.key);
  if (config === null || id === null) return { skipped: 'Global Config was not changed.' };
  const key = keyOf(leg);
  const now = await leg.vercel.configItem(id, key, context.signal);
  const before = config.existed ? config.before : undefined;
  if (JSON.stringify(now) !== JSON.stringify(before)) {
    if (now !== addressOf(leg, leg.to)) return { skipped: `Somebody has written ${key} since; left as it is.` };
    await put(leg, { id, value: before }, context.signal);
  }
  return { done: `${key} is as it was before.` };
}
