// Puts a deployment live without a build, in either direction and never by a rollback, which would silently freeze later
// releases. Follows Vercel's own command line: ask every 250 ms, give up after 3 minutes (providers/README section 1.1).
import type { Memory } from '../engine/levers.ts';
import type { VercelDeployment, VercelProject } from '../providers/vercel-model.ts';
import { waitFor } from '../providers/wait.ts';
import type { StepContext } from './action.ts';
import { awaitOutside, commitOf, frozenWarning, type Leg, sayOutside, shortCommit } from './traffic-leg.ts';
import { type KnownDeployment, type Notebook, readNotes } from './traffic-notes.ts';
import type { Attempt } from './traffic-way.ts';
import { lostAnswer, patient, reasonOf } from './traffic-words.ts';

const pollMs = 250;

/** The way `promote-twin`. */
export async function promoteTwin(leg: Leg, context: StepContext, book: Notebook): Promise<Attempt> {
  const { before } = book.notes;
  if (before === null) return { gaveUp: 'nobody knows what is live' };
  const found = await candidate(leg, context, before);
  if ('gaveUp' in found) return found;
  const { id } = found;
  book.write({ ours: [...new Set([...book.notes.ours, id])] });
  const failure = await bringLive(leg, context, id);
  if (failure?.includes(keptQueued)) book.warn(`Vercel keeps the promotion of ${id} queued: it may still happen later.`);
  if (failure !== null) return { gaveUp: `promotion of ${id} failed: ${failure}` };
  const outside = await awaitOutside(leg, leg.to, leg.times.see, context.signal);
  if (outside.serves !== leg.to) {
    const back = await bringLive(leg, context, before.id);
    if (back !== null)
      book.warn(`${id} was promoted and turned out wrong, and ${before.id} could not be promoted back: ${back}.`);
    return { gaveUp: `${id} was promoted, but ${sayOutside(outside)}` };
  }
  const frozen = frozenWarning(await leg.vercel.project(context.signal));
  if (frozen) book.warn(frozen);
  return { done: `${id} is live, of ${shortCommit(found.commit)}.${frozen ? ` ${frozen}` : ''}` };
}

/** The deployment of the live commit that should hold the wanted address. What it really holds is seen from outside. */
export async function candidate(
  leg: Leg,
  context: Pick<StepContext, 'signal' | 'force' | 'memory'>,
  live: KnownDeployment,
): Promise<KnownDeployment | { readonly gaveUp: string }> {
  const twin = leg.deps.journal.recall('twin')?.deploymentId ?? null;
  const known = leg.to === 'standby' ? twin : formerOf(leg, context.memory);
  const listed = await leg.vercel.deployments({ state: 'READY', limit: 50 }, context.signal);
  const remembered =
    known === null ? null : (listed.find((one) => one.id === known) ?? (await knownOrNull(leg, known, context.signal)));
  const others = listed.filter((one) => isLikely(one, leg) && !(leg.to === 'primary' && one.id === twin));
  const usable = [...(remembered ? [remembered] : []), ...others.sort(byMark(leg))].filter(
    (one) => one.id !== live.id && one.readyState === 'READY' && one.target === 'production',
  );
  const [drifted] = usable;
  const best = usable.find((one) => sameCommit(commitOf(one), live.commit)) ?? (context.force ? drifted : undefined);
  if (best) return { id: best.id, commit: commitOf(best) };
  if (!drifted) return { gaveUp: `there is no built deployment with the ${leg.to}'s address` };
  return {
    gaveUp: `the built deployment ${drifted.id} is of ${shortCommit(commitOf(drifted))}, and ${shortCommit(live.commit)} is live`,
  };
}

/** What was live when traffic left the primary. */
function formerOf({ deps, returnOf }: Leg, memory: Memory): string | null {
  if (returnOf !== null) return readNotes(memory, returnOf).before?.id ?? null;
  const traffic = deps.journal.recall('traffic');
  return traffic?.target === 'standby' ? (traffic.formerDeploymentId ?? null) : null;
}

/** Only a commit that both name is the same one. */
const sameCommit = (one: string | null, other: string | null): boolean => one !== null && one === other;

/** Our own mark says for whom a deployment was built; without one, what was never live may be a standby's twin, and what was
 *  live before may be the primary's. */
function isLikely(one: VercelDeployment, { to }: Leg): boolean {
  const mark = one.meta.signalboxTo;
  if (mark !== undefined) return mark === to;
  return to === 'primary' || one.readySubstate === 'STAGED';
}

/** The likeliest first, then the newest. */
function byMark({ to }: Leg): (one: VercelDeployment, other: VercelDeployment) => number {
  const rank = ({ meta, readySubstate }: VercelDeployment): number => {
    if (meta.signalboxTo === to) return 0;
    // What was never live may be a twin that somebody built by hand.
    return to === 'primary' && readySubstate === 'STAGED' ? 2 : 1;
  };
  return (one, other) => rank(one) - rank(other) || other.createdAt - one.createdAt;
}

async function knownOrNull(leg: Leg, id: string, signal: AbortSignal): Promise<VercelDeployment | null> {
  try {
    return await leg.vercel.deployment(id, signal);
  } catch (error) {
    // Deployments are deleted by retention rules; then it is as if we had never known it.
    if (signal.aborted || reasonOf(error) === null) throw error;
    return null;
  }
}

/** Promotes `id` and waits until it is live. Null then; otherwise why not, as part of a sentence. */
export async function bringLive(leg: Leg, context: StepContext, id: string): Promise<string | null> {
  const { signal } = context;
  const earlier = await leg.vercel.project(signal);
  if (isLive(earlier, id)) return null;
  const asked = isUnderWay(earlier, id) ? 'accepted' : await post(leg, context, id);
  if (typeof asked === 'object') return asked.failure;
  if (asked === 'queued') context.tell('Vercel has queued the promotion: it waits for a rolling release to end.');
  const failure = await untilLive(leg, context, id, earlier);
  if (failure !== timeIsOver) return failure;
  return asked === 'queued'
    ? `a rolling release is in the way, and ${keptQueued}`
    : `Vercel had not finished it after ${Math.round(leg.times.promote / 1_000)} s`;
}

const timeIsOver = 'time is over';
const keptQueued = 'Vercel keeps the promotion queued behind it';

/** A lost answer may be of a promotion that was accepted: waiting will tell. */
async function post(
  leg: Leg,
  { signal }: StepContext,
  id: string,
): Promise<'accepted' | 'queued' | 'current' | { readonly failure: string }> {
  try {
    return await leg.vercel.promote(id, signal);
  } catch (error) {
    const failure = signal.aborted ? null : reasonOf(error);
    if (failure === null) throw error;
    if (!lostAnswer(error)) return { failure };
    const now = await patient(signal, () => leg.vercel.project(signal));
    return isLive(now, id) || now.lastAliasRequest?.toDeploymentId === id ? 'accepted' : { failure };
  }
}

async function untilLive(leg: Leg, { signal }: StepContext, id: string, earlier: VercelProject): Promise<string | null> {
  const { clock } = leg.deps;
  const start = clock.monotonic();
  while (clock.monotonic() - start < leg.times.promote) {
    const project = await patient(signal, () => leg.vercel.project(signal));
    if (isLive(project, id)) return null;
    const job = project.lastAliasRequest;
    const isOurs = job?.toDeploymentId === id && job.requestedAt !== earlier.lastAliasRequest?.requestedAt;
    if (isOurs && job.jobStatus === 'failed') return 'Vercel could not move the domains to it';
    if (isOurs && job.jobStatus === 'skipped') return 'it gave way to another promotion';
    await waitFor(pollMs, signal);
  }
  return timeIsOver;
}

function isLive(project: VercelProject, id: string): boolean {
  return project.liveDeploymentId === id && !isUnderWay(project, id);
}

export function isUnderWay({ lastAliasRequest: job }: VercelProject, id: string): boolean {
  return job?.toDeploymentId === id && (job.jobStatus === 'pending' || job.jobStatus === 'in-progress');
}
