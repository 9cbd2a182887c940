// Builds the twin: a staged deployment of the live commit with the standby's address in it, so that traffic can move by a mere
// promotion. Nothing goes live by it.
//
// A build reads the project's variables, so the variable holds the standby's address until the twin is built, a minute or more.
// A release that is begun in that window would be built with the standby's address as well: nothing may be building when it
// opens, it is put back whatever happens, and what was begun meanwhile is named.
import { FaultError } from '../../shared/fault.ts';
import type { LeversView, Preflight } from '../../shared/lever.ts';
import { ago } from '../../shared/words.ts';
import type { LeverMemory } from '../engine/levers.ts';
import type { VercelClient } from '../providers/vercel-model.ts';
import type { Action, Step, StepContext, StepEnd } from './action.ts';
import { holds, shown } from './env-row.ts';
import { seesAddress } from './outside.ts';
import { redeploy } from './redeploy.ts';
import { stopOwnBuilds } from './traffic-back.ts';
import { envStep, putVariableBack } from './traffic-env.ts';
import {
  addressOf,
  commitOf,
  type Leg,
  type Look,
  lookAtTraffic,
  makeLeg,
  shortCommit,
  type TrafficDeps,
} from './traffic-leg.ts';
import { openNotebook, readNotes } from './traffic-notes.ts';
import { lostAnswer, reasonOf } from './traffic-words.ts';

const minute = 60_000;
const underWay = 'BUILDING,INITIALIZING,QUEUED';

/** The twin as far as is known without asking: of the commit that was live when somebody last looked. */
export function twinView(twin: LeverMemory['twin'] | null, now: number): NonNullable<LeversView['traffic']['twin']> {
  if (twin === null) {
    return {
      state: 'missing',
      sentence: 'There is no twin: moving traffic may take minutes. `signalbox traffic prepare` builds it.',
    };
  }
  const built = `Twin ${twin.deploymentId}, built ${ago(twin.at, now)}`;
  if (twin.commit !== null && twin.commit === twin.liveCommit) {
    return { state: 'fresh', sentence: `${built}, of the live commit ${shortCommit(twin.commit)}.` };
  }
  const live = twin.liveCommit === null ? 'what is live is not known' : `${shortCommit(twin.liveCommit)} is live`;
  return { state: 'stale', sentence: `${built}, is of ${shortCommit(twin.commit)}, and ${live}: build it again.` };
}

export function makeTwin(deps: TrafficDeps, vercel: VercelClient): Action {
  const leg = makeLeg(deps, vercel, { to: 'standby', key: 'twin' });
  const { variable = 'the variable' } = deps.settings;
  const name = variable.slice(0, 40);
  return {
    title: 'Build the twin for the standby',
    prepare: (signal) => prepareTwin(leg, signal),
    steps: [
      { name: 'Look at what is live', limitMs: minute, run: (context) => lookFirst(leg, context) },
      envStep(leg, `Set ${name} to the standby, for this build only`),
      buildStep(leg),
      { name: `Put ${name} back`, limitMs: minute, run: (context) => closeWindow(leg, context) },
      { name: 'Look at the twin', limitMs: minute, run: (context) => lookAtTwin(leg, context) },
    ],
    result(memory, elapsedMs) {
      const { after, verifiedAt, warnings } = readNotes(memory, leg.key);
      const facts = { deploymentId: after?.id ?? null, commit: after?.commit ?? null, verified: verifiedAt !== null, elapsedMs };
      return { ...facts, ...(warnings.length > 0 && { warnings }) };
    },
    settle(memory, at) {
      const { after, before } = readNotes(memory, leg.key);
      if (after === null) return;
      const liveCommit = before?.commit ?? null;
      deps.journal.remember('twin', { deploymentId: after.id, commit: after.commit, liveCommit, at });
    },
    summary(memory, succeeded) {
      const id = readNotes(memory, leg.key).after?.id ?? '';
      return { text: succeeded ? `The twin ${id} was built.` : 'The twin was not built.', mitigates: false };
    },
  };
}

async function prepareTwin(leg: Leg, signal: AbortSignal): Promise<Omit<Preflight, 'title'>> {
  const { variable } = leg.deps.settings;
  const look = await lookAtTraffic(leg, signal);
  const refusal = (await objection(leg, look, signal)) ?? null;
  const commit = shortCommit(commitOf(look.live));
  const row = look.picked?.row ?? null;
  const before = row ? shown(row) : 'nothing';
  const shared = look.picked?.sharedWith ?? [];
  const window = `A release begun while the twin is built would get the standby's address: start none until this is done.`;
  return {
    changes: [
      `Vercel project ${look.project.name}: ${variable ?? 'the variable'} (production) from ${before} to ${addressOf(leg, 'standby')}, until the twin is built`,
      `A staged deployment of ${commit} with the standby's address; production stays as it is`,
    ],
    findings: [
      { level: 'warning', text: window },
      ...(shared.length > 0 ? [{ level: 'warning' as const, text: `The variable is shared with ${shared.join(', ')}.` }] : []),
    ],
    refusal,
    forceable: false,
    asks: true,
  };
}

type Refusal = NonNullable<Preflight['refusal']>;

/** Why the twin must not be built now. */
async function objection(leg: Leg, { picked, outside }: Look, signal: AbortSignal): Promise<Refusal | null> {
  const { variable } = leg.deps.settings;
  if (variable === undefined || picked === null) {
    const message = 'The twin is built with a variable, and `traffic.variable` does not name it.';
    return { code: 'not-set-up', message, next: 'Add `traffic.variable` to the settings file.' };
  }
  if (picked.refusal) return picked.refusal;
  if (picked.row === null) {
    const message = `The Vercel project has no ${variable} for production, so it could not be put back as it was.`;
    return { code: 'no-variable', message, next: `Add ${variable} = ${addressOf(leg, 'primary')} at Vercel, then try again.` };
  }
  if (holds(picked.row, addressOf(leg, 'standby')) || outside.serves === 'standby') {
    const message = 'Traffic, or the next build, is at the standby: a twin is built while everything is on the primary.';
    return { code: 'traffic-on-standby', message, next: 'Run `signalbox traffic primary` first.' };
  }
  const [busy] = await leg.vercel.deployments({ state: underWay, limit: 5 }, signal);
  if (!busy) return null;
  const message = `${busy.id} is ${busy.readyState}: it could be built with the standby's address and go live.`;
  return { code: 'deployment-under-way', message, next: 'Wait until it is done, then try again.' };
}

async function lookFirst(leg: Leg, context: StepContext): Promise<StepEnd> {
  const book = openNotebook(context, leg.key);
  const look = await lookAtTraffic(leg, context.signal);
  const refusal = await objection(leg, look, context.signal);
  if (refusal) throw new FaultError({ ...refusal, exitCode: refusal.code === 'not-set-up' ? 2 : 1 });
  const commit = commitOf(look.live);
  const [newest] = await leg.vercel.deployments({ limit: 1 }, context.signal);
  context.remember({ newestBefore: newest?.createdAt ?? 0 });
  book.write({ from: look.outside.serves, before: { id: look.live.id, commit } });
  return { done: `Live is ${look.live.id} of ${shortCommit(commit)}; nothing is being built.` };
}

function buildStep(leg: Leg): Step {
  return {
    name: 'Build the twin',
    limitMs: 45 * minute,
    async run(context) {
      const { deploymentId, via } = await redeploy({
        vercel: leg.vercel,
        context,
        key: 'twinDeployment',
        meta: { signalboxTo: 'standby', signalboxTwin: 'standby' },
        goLive: false,
        isRight: null,
        clock: leg.deps.clock,
      });
      const book = openNotebook(context, leg.key);
      book.write({ after: { id: deploymentId, commit: commitOf(await leg.vercel.deployment(deploymentId, context.signal)) } });
      if (via === 'deploymentId') {
        book.warn('The twin was built out of the live deployment and may have inherited its variables: a switch will tell.');
      }
      return { done: `${deploymentId} is built and stays staged.` };
    },
    undo: (context) => stopOwnBuilds(leg, context),
  };
}

/** The variable back at once, then a look at who used it meanwhile. */
async function closeWindow(leg: Leg, context: StepContext): Promise<StepEnd> {
  const end = await putBackSurely(leg, context);
  const { newestBefore } = context.memory;
  const from = typeof newestBefore === 'number' ? newestBefore : Number.POSITIVE_INFINITY;
  const listed = await leg.vercel.deployments({ limit: 20 }, context.signal);
  const strangers = listed.filter(({ createdAt, meta }) => createdAt > from && meta.signalboxRun !== context.runId);
  if (strangers.length === 0) return end;
  const names = strangers.map(({ id }) => id).join(', ');
  const warning = `${names} was begun while the variable held the standby's address, and may carry it: see that production does not, or build it again.`;
  openNotebook(context, leg.key).warn(warning);
  return { done: `${sayEnd(end)} ${warning}` };
}

/** One lost answer must not leave the window open. */
async function putBackSurely(leg: Leg, context: StepContext): Promise<StepEnd> {
  try {
    return await putVariableBack(leg, context);
  } catch (error) {
    if (context.signal.aborted || !lostAnswer(error)) throw error;
    return putVariableBack(leg, context);
  }
}

const sayEnd = (end: StepEnd): string => ('done' in end ? end.done : 'skipped' in end ? end.skipped : end.gaveUp);

/** Deployments' own addresses are often protected, so a failed look is only told. Over plain HTTP, as in a rehearsal, a
 *  deployment has no address of its own. */
async function lookAtTwin(leg: Leg, context: StepContext): Promise<StepEnd> {
  const book = openNotebook(context, leg.key);
  const { after } = book.notes;
  if (after === null || !leg.deps.settings.verifyUrl.startsWith('https:'))
    return { skipped: 'It has no address of its own to look at.' };
  const { signal } = context;
  try {
    const { url } = await leg.vercel.deployment(after.id, signal);
    const [address, other] = [addressOf(leg, 'standby'), addressOf(leg, 'primary')];
    const sight = await seesAddress({ verifyUrl: `https://${url}/`, address, other, signal });
    if (sight.seen) {
      book.write({ verifiedAt: leg.deps.clock.now() });
      return { done: `It holds ${address}.` };
    }
    if (!sight.otherSeen)
      return { skipped: `It could not be looked at (${sight.problem ?? 'no address found'}); a switch will tell.` };
  } catch (error) {
    const reason = signal.aborted ? null : reasonOf(error);
    if (reason === null) throw error;
    return { skipped: `It could not be looked at (${reason}); a switch will tell.` };
  }
  throw new FaultError({
    code: 'twin-wrong',
    message: `The twin ${after.id} holds the primary's address: the build did not take ${leg.deps.settings.variable ?? 'the variable'}.`,
    next: 'Check `traffic.variable`, and that no build cache keeps the old value.',
    exitCode: 1,
  });
}
