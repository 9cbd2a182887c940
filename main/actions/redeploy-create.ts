// Creates a deployment at most once, however often the step that wants it is begun: what was asked is remembered before it is
// asked, and Vercel is looked through for a deployment with our mark before it is asked again.
import type { Clock } from '../engine/ports.ts';
import { ProviderError } from '../providers/call.ts';
import type { NewDeployment, VercelClient, VercelDeployment } from '../providers/vercel-model.ts';
import type { StepContext } from './action.ts';
import { pause } from './pause.ts';

export type Creation = {
  readonly vercel: VercelClient;
  readonly context: StepContext;
  /** Prefix in the run's memory. */
  readonly key: string;
  /** Its `meta` has `signalboxRun` and `signalboxStep`, by which it is found again. */
  readonly wanted: NewDeployment;
  readonly clock: Clock;
};

/** Before each look for a deployment whose creation was not answered, ms: it may show up late. */
const lookAfterMs = [0, 2_000, 5_000] as const;
/** For what is still to be done after the step was cancelled, ms: the runner waits 5 s for it. */
const afterwardsMs = 4_000;

const ended = (one: VercelDeployment): boolean => one.readyState === 'ERROR' || one.readyState === 'CANCELED';

/** The deployment: that of an interrupted attempt if there is one that did not fail, else a new one.
 *  @throws ProviderError */
export async function createOnce(creation: Creation): Promise<VercelDeployment> {
  const { context, key } = creation;
  const earlier = context.memory[`${key}Asked`] === true ? await findEarlier(creation) : null;
  if (earlier) return keep(creation, earlier);
  context.remember({ [`${key}Asked`]: true });
  try {
    return keep(creation, await creation.vercel.create(creation.wanted, context.signal));
  } catch (error: unknown) {
    if (context.signal.aborted) await callOff(creation);
    if (context.signal.aborted || !isUnanswered(error)) throw error;
  }
  context.tell('Vercel did not answer; looking whether it made the deployment.');
  const made = await lookFor(creation);
  // It was looked for three times and is not there: asking again is no repetition.
  return keep(creation, made ?? (await creation.vercel.create(creation.wanted, context.signal)));
}

/** Stops a build that nobody waits for any more. Needs no signal of the step, which has ended. */
export async function cancelDeployment(vercel: VercelClient, id: string, tell: (text: string) => void): Promise<void> {
  const signal = AbortSignal.timeout(afterwardsMs);
  try {
    const { readyState } = await vercel.deployment(id, signal);
    if (!['QUEUED', 'INITIALIZING', 'BUILDING', 'BLOCKED'].includes(readyState)) return;
    await vercel.cancel(id, signal);
    tell('The deployment under way was cancelled at Vercel.');
  } catch (error: unknown) {
    const why = error instanceof Error ? ` ${error.message}` : '';
    tell(`The deployment ${id} could not be cancelled: look at it in Vercel’s dashboard.${why}`);
  }
}

function keep({ context, key }: Creation, deployment: VercelDeployment): VercelDeployment {
  context.remember({ [`${key}Id`]: deployment.id });
  return deployment;
}

const isUnanswered = (error: unknown): boolean => error instanceof ProviderError && error.sent === 'maybe';

async function findEarlier(creation: Creation): Promise<VercelDeployment | null> {
  const { context, key, vercel } = creation;
  const id = context.memory[`${key}Id`];
  const earlier = typeof id === 'string' ? await vercel.deployment(id, context.signal) : await find(creation, context.signal);
  return earlier && !ended(earlier) ? earlier : null;
}

async function lookFor(creation: Creation): Promise<VercelDeployment | null> {
  const { context, clock } = creation;
  for (const ms of lookAfterMs) {
    if (ms > 0) await pause(clock, ms, context.signal);
    const found = await find(creation, context.signal);
    if (found) return found;
  }
  return null;
}

/** A deployment made out of ours by somebody else may carry our mark on; the oldest one is ours. */
async function find({ vercel, wanted }: Creation, signal: AbortSignal): Promise<VercelDeployment | null> {
  const { signalboxRun, signalboxStep } = wanted.meta;
  const newest = await vercel.deployments({ limit: 20 }, signal);
  return (
    newest.findLast(
      ({ meta }) => meta.signalboxRun === signalboxRun && meta.signalboxStep === signalboxStep && signalboxRun !== undefined,
    ) ?? null
  );
}

/** Cancelled while the answer was on its way: the deployment may exist. */
async function callOff(creation: Creation): Promise<void> {
  const { context, vercel } = creation;
  const tell = (text: string): void => context.tell(text);
  try {
    const found = await find(creation, AbortSignal.timeout(afterwardsMs));
    if (found) await cancelDeployment(vercel, keep(creation, found).id, tell);
  } catch (error: unknown) {
    const why = error instanceof Error ? ` ${error.message}` : '';
    tell(`Whether Vercel made a deployment could not be found out: look at its dashboard.${why}`);
  }
}
