// The banner as a variable that is built into the page: for front ends that read nothing at run time. Takes as long as a build.
import { FaultError } from '../../shared/fault.ts';
import type { Finding } from '../../shared/lever.ts';
import type { Clock } from '../engine/ports.ts';
import type { VercelClient, VercelEnvRow } from '../providers/vercel-model.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import { attempt, isUnanswered, note, readNotes, type Standing } from './banner-notes.ts';
import { type BannerWay, inWords, quoted } from './banner-way.ts';
import { pickRow } from './env-row.ts';
import { redeploy } from './redeploy.ts';
import { undeploy } from './redeploy-back.ts';

export type EnvBannerOptions = {
  readonly vercel: VercelClient;
  readonly variable: string;
  readonly clock: Clock;
  /** Whether production shows what is wanted, waiting for it; null when nobody can tell. */
  readonly isRight: ((context: StepContext, signal: AbortSignal) => Promise<boolean>) | null;
  /** A banner is never brought back once it was to go. */
  readonly takesBack: boolean;
};

const key = 'bannerDeploy';

export function envBanner(options: EnvBannerOptions): BannerWay {
  const { vercel, variable } = options;
  return {
    name: 'vercel-env',
    deed: `Set ${variable.slice(0, 40)} at Vercel`,
    publish: publishStep(options),
    afterwards: null,
    async look(signal) {
      const picked = pickRow(await vercel.env(signal), variable);
      return { standing: standingOf(picked.row), findings: findingsOf(variable, picked.sharedWith), refusal: picked.refusal };
    },
    changes: (standing, wanted) => [
      `The variable ${variable} for production: from ${quoted(standing.text)} to ${quoted(wanted.text)}.`,
      'A new production deployment of the live commit; users see the change when it is built, usually after 1 to 5 minutes.',
    ],
    async write(context, wanted) {
      await attempt(context, () => put(options, wanted.text ?? '', context.signal));
      return { done: `${variable} is ${quoted(wanted.text)} for the next build.` };
    },
    takeBack: (context, wanted) => takeBack(options, context, wanted.text ?? ''),
  };
}

function publishStep(options: EnvBannerOptions): Step {
  const { vercel, clock, takesBack } = options;
  const step: Step = {
    name: 'Build and publish the page',
    limitMs: 1_800_000,
    async run(context) {
      if (readNotes(context.memory).already) return { skipped: 'Nothing is to be changed.' };
      const { isRight } = options;
      const sees = isRight && ((signal: AbortSignal) => isRight(context, signal));
      const { deploymentId } = await redeploy({ vercel, context, key, meta: {}, goLive: true, isRight: sees, clock });
      note(context, { published: true });
      return { done: `${deploymentId} is live.` };
    },
  };
  if (!takesBack) return step;
  return { ...step, undoLimitMs: 300_000, undo: (context) => undeploy({ vercel, context, key, clock }) };
}

function standingOf(row: VercelEnvRow | null): Standing {
  const text = row?.value || null;
  return { on: text !== null, text, severity: null, id: row?.id ?? null, raw: row?.value ?? null, existed: row !== null };
}

function findingsOf(variable: string, sharedWith: readonly string[]): readonly Finding[] {
  const plain: Finding = { level: 'note', text: 'This way shows the text alone: no severity.' };
  if (sharedWith.length === 0) return [plain];
  return [plain, { level: 'note', text: `Builds for ${sharedWith.join(' and ')} share ${variable} and get the same text.` }];
}

async function rowOf({ vercel, variable }: EnvBannerOptions, signal: AbortSignal): Promise<VercelEnvRow | null> {
  const { row, refusal } = pickRow(await vercel.env(signal), variable);
  if (refusal) throw new FaultError(refusal);
  return row;
}

/** A lost answer is followed by a look; only what is not there is written once more. */
async function put(options: EnvBannerOptions, value: string, signal: AbortSignal): Promise<void> {
  const { vercel, variable } = options;
  const write = async (): Promise<void> => {
    const row = await rowOf(options, signal);
    if (row ? row.value === value : value === '') return;
    await (row ? vercel.editEnv(row.id, value, signal) : vercel.createEnv(variable, value, signal));
  };
  try {
    await write();
  } catch (error: unknown) {
    if (!isUnanswered(error, signal)) throw error;
    await write();
  }
}

/** A row that we added stays, empty: then there is no banner. */
async function takeBack(options: EnvBannerOptions, context: StepContext, ours: string): Promise<StepEnd> {
  const { before, written } = readNotes(context.memory);
  if (!written || before === null) return { skipped: 'Nothing was written.' };
  const now = (await rowOf(options, context.signal))?.value ?? '';
  const was = before.text ?? '';
  if (now !== was && now !== ours) {
    note(context, { putBack: true });
    return { skipped: `Somebody has set ${options.variable} to ${quoted(now)} since; it was left alone.` };
  }
  await put(options, was, context.signal);
  note(context, { putBack: true });
  return { done: `Put back: ${inWords(before)}.` };
}
