// The steps of one move of traffic: look, wake, the variable for the next build, the ways in the order of the settings, and the
// look from outside that alone may say "switched".
import { FaultError } from '../../shared/fault.ts';
import { latency } from '../../shared/words.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import { holds } from './env-row.ts';
import { putLiveBack } from './traffic-back.ts';
import { putConfigBack, switchConfig } from './traffic-config.ts';
import { deployAgain } from './traffic-deploy.ts';
import { envStep } from './traffic-env.ts';
import {
  addressOf,
  awaitOutside,
  commitOf,
  frozenWarning,
  type Leg,
  type Look,
  lookAtTraffic,
  noteLiveCommit,
  sayOutside,
  shortCommit,
  type TrafficSettings,
} from './traffic-leg.ts';
import { type Notebook, openNotebook } from './traffic-notes.ts';
import { promoteTwin } from './traffic-promote.ts';
import { type Way, wayStep } from './traffic-way.ts';
import { reasonOf } from './traffic-words.ts';
import { type Wake, wake } from './wake.ts';

const minute = 60_000;

/** It serves the right address, and the next build will as well. */
export function isThere(leg: Leg, { outside, picked }: Look): boolean {
  return outside.serves === leg.to && (picked === null || holds(picked.row, addressOf(leg, leg.to)));
}

export function lookStep(leg: Leg): Step {
  return { name: 'Look at what will change', limitMs: minute, run: (context) => lookFirst(leg, context) };
}

async function lookFirst(leg: Leg, context: StepContext): Promise<StepEnd> {
  const book = openNotebook(context, leg.key);
  const look = await lookAtTraffic(leg, context.signal);
  if (look.picked?.refusal) throw new FaultError(look.picked.refusal);
  const commit = commitOf(look.live);
  noteLiveCommit(leg, commit);
  const already = isThere(leg, look);
  book.write({
    from: look.outside.serves,
    served: look.outside.serves === leg.to,
    already,
    before: { id: look.live.id, commit },
  });
  if (already) return { done: `Production serves the ${leg.to} already, and the next build will too.` };
  const fault = leg.to === 'standby' ? leg.deps.openFault() : null;
  if (fault !== null && !context.force) throw new FaultError({ ...wouldNotHelp(fault), exitCode: 1 });
  if (fault !== null) book.warn(`Forced although it may not help: ${fault}`);
  return { done: `Live is ${look.live.id} of ${shortCommit(commit)}; ${sayServes(look)}.` };
}

const sayServes = ({ outside }: Look): string =>
  outside.serves === 'unknown' ? sayOutside(outside) : `production serves the ${outside.serves}`;

export function wouldNotHelp(fault: string): { readonly code: string; readonly message: string; readonly next: string } {
  return {
    code: 'would-not-help',
    message: `Moving traffic would not help: ${fault}`.slice(0, 1_000),
    next: 'Mend that first, or add --force to move traffic all the same.',
  };
}

/** Asks the server that traffic is to go to; a sleeping standby is woken. */
export function wakeStep(leg: Leg): Step {
  const { wakeBudget } = leg.times;
  return {
    name: leg.to === 'standby' ? 'Wake the standby' : 'Ask the primary',
    limitMs: wakeBudget + minute,
    async run(context) {
      const book = openNotebook(context, leg.key);
      if (book.notes.served) return { skipped: `Production serves the ${leg.to} already.` };
      const woken = await wake({
        address: addressOf(leg, leg.to),
        clock: leg.deps.clock,
        signal: context.signal,
        tryMs: leg.times.wakeTry,
        budgetMs: leg.to === 'standby' ? wakeBudget : Math.min(wakeBudget, 5_000),
        onSecond: (done) => context.progress({ done, total: null, unit: 'seconds' }),
      });
      return woken.healthy ? awake(book, woken) : notHealthy(leg, context, book, woken);
    },
  };
}

function awake(book: Notebook, { afterMs }: Wake): StepEnd {
  book.write({ wokeMs: afterMs });
  return { done: `Answered after ${latency(afterMs)}.` };
}

function notHealthy(leg: Leg, { force }: StepContext, book: Notebook, woken: Wake & { readonly healthy: false }): StepEnd {
  const sentence = `The ${leg.to} (${addressOf(leg, leg.to)}) does not answer well: ${woken.problem}.`;
  if (!force) {
    throw new FaultError({
      code: `${leg.to}-not-healthy`,
      message: sentence,
      next: `Traffic stays where it is. Mend the ${leg.to} and try again; --force sends users there all the same.`,
      exitCode: 1,
    });
  }
  book.warn(`FORCED TO A SERVER THAT IS NOT WELL. ${sentence}`);
  return { gaveUp: `NOT HEALTHY: ${woken.problem}. Going on because of --force.` };
}

/** One step for each way, in the order of the settings. */
export function waySteps(leg: Leg): Step[] {
  const { times } = leg;
  const { variable, key } = leg.deps.settings;
  const live = { leg, takeBack: putLiveBack };
  const ways: Readonly<Record<TrafficSettings['via'][number], Way>> = {
    'global-config': {
      ...{ leg, way: 'global-config', name: `Write ${key.slice(0, 60)} to Global Config`, limitMs: times.config + minute },
      ...{ attempt: switchConfig, takeBack: putConfigBack },
    },
    'promote-twin': {
      ...{ ...live, way: 'promote-twin', attempt: promoteTwin, limitMs: 2 * times.promote + times.see + minute },
      name: leg.to === 'standby' ? 'Promote the twin' : 'Promote the former deployment',
    },
    'vercel-env': {
      ...{ ...live, way: 'vercel-env', attempt: deployAgain, limitMs: 45 * minute },
      name: `Build a new deployment${variable ? ` with ${variable.slice(0, 40)}` : ''}`,
    },
  };
  return leg.deps.settings.via.map((way) => wayStep(ways[way]));
}

/** The last word. Without it a run has not succeeded. */
export function seeStep(leg: Leg): Step {
  return { name: `See the ${leg.to} from outside`, limitMs: leg.times.see + minute, run: (context) => see(leg, context) };
}

async function see(leg: Leg, context: StepContext): Promise<StepEnd> {
  const book = openNotebook(context, leg.key);
  const { notes } = book;
  if (notes.way === null && !notes.served) throw notSwitched(leg, notes.reasons);
  const outside = await awaitOutside(leg, leg.to, leg.times.see, context.signal);
  if (outside.serves !== leg.to) throw notSwitched(leg, [...notes.reasons, sayOutside(outside)]);
  const verifiedAt = leg.deps.clock.now();
  book.write({ verifiedAt, after: await liveNow(leg, context, book) });
  return { done: `Production serves the ${leg.to}: ${addressOf(leg, leg.to)}.` };
}

/** What is live now. Traffic has moved, so a provider that does not tell spoils nothing. */
async function liveNow(leg: Leg, { signal }: StepContext, book: Notebook): Promise<{ id: string; commit: string | null } | null> {
  try {
    const project = await leg.vercel.project(signal);
    const frozen = frozenWarning(project);
    if (frozen) book.warn(frozen);
    if (project.liveDeploymentId === null) return null;
    return { id: project.liveDeploymentId, commit: commitOf(await leg.vercel.deployment(project.liveDeploymentId, signal)) };
  } catch (error) {
    const reason = signal.aborted ? null : reasonOf(error);
    if (reason === null) throw error;
    book.warn(`What is live at Vercel could not be asked: ${reason}.`);
    return null;
  }
}

function notSwitched(leg: Leg, reasons: readonly string[]): FaultError {
  const why = reasons.length > 0 ? reasons.join('; ') : 'no way was tried';
  return new FaultError({
    code: 'traffic-not-switched',
    message: `Traffic was not moved to the ${leg.to}: ${why}.`.slice(0, 1_000),
    next: 'See to the reasons above and try again; `signalbox traffic prepare` builds a fresh twin.',
    exitCode: 1,
  });
}

/** The whole move, the first look excepted. */
export function moveSteps(leg: Leg, envName?: string): Step[] {
  return [wakeStep(leg), envStep(leg, envName), ...waySteps(leg), seeStep(leg)];
}
