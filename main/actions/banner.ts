// The lever Banner: looks, writes, and calls it live only after it was seen from outside. The three places where a banner can
// stand are ways of their own; what they have in common is here.
//
// A banner that was written and is not seen is taken back: nobody can say what users read. A banner that was to go and is
// still seen stays written off: putting it up again would be the opposite of what was asked.
import { FaultError } from '../../shared/fault.ts';
import type { BannerRequest, Finding, Preflight } from '../../shared/lever.ts';
import type { Settings } from '../../shared/settings.ts';
import { duration } from '../../shared/words.ts';
import type { Journal, Memory } from '../engine/levers.ts';
import type { Clock } from '../engine/ports.ts';
import type { StatuspageClient } from '../providers/statuspage-management.ts';
import type { VercelClient } from '../providers/vercel-model.ts';
import type { Action, Step, StepContext, StepEnd } from './action.ts';
import { configBanner } from './banner-config.ts';
import { envBanner } from './banner-env.ts';
import { note, readNotes } from './banner-notes.ts';
import { makeSight, type Sight } from './banner-sight.ts';
import { statuspageBanner } from './banner-statuspage.ts';
import { type BannerWay, inWords, quoted, type Wanted } from './banner-way.ts';

export type BannerDeps = {
  readonly settings: Settings['banner'];
  readonly vercel: VercelClient | null;
  readonly statuspage: StatuspageClient | null;
  readonly journal: Pick<Journal, 'recall' | 'remember'>;
  readonly clock: Clock;
  readonly app: { readonly name: string };
  /** Where the front end can be seen when `banner.verifyUrl` is not set: traffic's. Not used for a status page. */
  readonly frontEnd?: string | null;
  /** How long a change may take to be seen, ms; only tests change it. */
  readonly seeMs?: number;
};

/** "Updates can take up to a few seconds to propagate globally" (providers/README 1.2). */
const usualSeeMs = 20_000;

type Deed = {
  readonly deps: BannerDeps;
  readonly wanted: Wanted;
  readonly way: BannerWay;
  readonly sight: Sight;
};

/** @throws FaultError `not-set-up` when the way's settings are missing */
export function makeBanner(request: BannerRequest, deps: BannerDeps): Action {
  const wanted = wantedOf(request);
  const { settings } = deps;
  if (!settings) throw notSetUp('The banner is not set up.', 'Add `banner` to the settings file.');
  const verifyUrl = settings.verifyUrl ?? (settings.via === 'statuspage' ? null : (deps.frontEnd ?? null));
  const sight = makeSight({ url: verifyUrl, wanted, journal: deps.journal, withinMs: deps.seeMs ?? usualSeeMs });
  const way = wayOf(settings, deps, wanted, sight);
  const deed: Deed = { deps, wanted, way, sight };
  return {
    title: wanted.on ? 'Banner on' : 'Banner off',
    prepare: (signal) => prepare(deed, signal),
    steps: [
      lookStep(deed),
      writeStep(deed),
      ...(way.publish ? [way.publish] : []),
      seeStep(deed),
      ...(way.afterwards ? [way.afterwards] : []),
    ],
    result: (memory, elapsedMs) => resultOf(deed, memory, elapsedMs),
    settle: (memory) => keep(deed, memory, readNotes(memory).verifiedAt),
    fail: (memory) => fail(deed, memory),
    leaves: (memory, code) => leaves(deed, memory, code),
    summary: (memory, succeeded) => summary(deed, memory, succeeded),
  };
}

function wantedOf({ on, text, severity, forMs }: BannerRequest): Wanted {
  if (!on) return { on, text: null, severity, forMs: null };
  if (text !== null) return { on, text, severity, forMs };
  throw new FaultError({
    code: 'banner-text-missing',
    message: 'A banner needs a text.',
    next: 'Write what users should read, for example: signalbox banner on "We are working on it."',
  });
}

function wayOf(settings: NonNullable<Settings['banner']>, deps: BannerDeps, wanted: Wanted, sight: Sight): BannerWay {
  const { vercel, statuspage, journal, clock } = deps;
  if (settings.via === 'statuspage') {
    if (!statuspage)
      throw notSetUp('The banner goes to Statuspage, and Statuspage is not set up.', 'Add `providers.statuspage`.');
    return statuspageBanner({ client: statuspage, journal, wanted });
  }
  if (!vercel)
    throw notSetUp('The banner goes to Vercel, and Vercel is not set up.', 'Add `providers.vercel` to the settings file.');
  if (settings.via === 'vercel-env') {
    const isRight =
      sight.url === null ? null : (context: StepContext, signal: AbortSignal) => sight.isRight(context.memory, signal);
    return envBanner({ vercel, variable: settings.variable, clock, isRight, takesBack: wanted.on });
  }
  const { globalConfigId: configId, key } = settings;
  if (configId !== undefined) return configBanner(vercel, { configId, key });
  throw notSetUp('The banner goes to Global Config, and it is not named.', 'Add `banner.globalConfigId` to the settings file.');
}

function notSetUp(message: string, next: string): FaultError {
  return new FaultError({ code: 'not-set-up', message, next });
}

/** A banner stands where the settings of its day put it: another way can neither see it nor take it down. */
function elsewhere({ deps, way }: Deed): string | null {
  const known = deps.journal.recall('banner');
  return known?.on && known.way !== way.name ? known.way : null;
}

async function prepare(deed: Deed, signal: AbortSignal): Promise<Omit<Preflight, 'title'>> {
  const { way, wanted, deps, sight } = deed;
  const { standing, findings, refusal } = await way.look(signal);
  const idle = !wanted.on && !standing.on;
  const ends = wanted.forMs === null ? [] : [endsAt(deps.clock.now() + wanted.forMs, wanted.forMs)];
  const reads = wanted.on ? [`Users of ${deps.app.name} read, as ${wanted.severity}: ${quoted(wanted.text)}`, ...ends] : [];
  return {
    changes: idle ? [] : [...reads, ...way.changes(standing, wanted)],
    findings: [...(await findingsOf(deed, standing, idle)), ...findings, ...sight.findings],
    refusal: refusal ?? leftElsewhere(deed),
    forceable: false,
    asks: false,
  };
}

function endsAt(at: number, forMs: number): string {
  return `It is taken down after ${duration(forMs)}, at ${new Date(at).toISOString()}, by a Signalbox that runs then.`;
}

async function findingsOf(
  deed: Deed,
  standing: { readonly on: boolean; readonly text: string | null },
  idle: boolean,
): Promise<readonly Finding[]> {
  const { way, wanted } = deed;
  const other = wanted.on ? elsewhere(deed) : null;
  const here: Finding = idle
    ? { level: 'good', text: 'No banner is on.' }
    : standing.on
      ? { level: 'note', text: `A banner is on: ${inWords(standing)}.` }
      : { level: 'good', text: 'No banner is on now.' };
  const place = way.name === 'statuspage' ? 'Statuspage' : 'Vercel';
  const safe: Finding = { level: 'good', text: `It is kept at ${place}, not on your API servers or in your database.` };
  const left = `The banner that is on was put up by way of ${other}, which this does not take down.`;
  return [here, ...(wanted.on ? [safe] : []), ...(other ? [{ level: 'warning' as const, text: left }] : [])];
}

function leftElsewhere(deed: Deed): Preflight['refusal'] {
  const other = deed.wanted.on ? null : elsewhere(deed);
  if (other === null) return null;
  return {
    code: 'banner-elsewhere',
    message: `The banner was put up by way of ${other}, and the settings now say ${deed.way.name}.`,
    next: `Set \`banner.via\` back to ${other}, take the banner down, then change it.`,
  };
}

function lookStep(deed: Deed): Step {
  const { way, wanted, deps } = deed;
  return {
    name: 'Look at what is there now',
    limitMs: 30_000,
    async run(context) {
      const { standing, refusal } = await way.look(context.signal);
      const reason = refusal ?? leftElsewhere(deed);
      if (reason) throw new FaultError({ ...reason, exitCode: 2 });
      const until = wanted.forMs === null ? null : deps.clock.now() + wanted.forMs;
      note(context, { before: standing, already: !wanted.on && !standing.on, until });
      return { done: standing.on ? `On now: ${inWords(standing)}.` : 'No banner is on.' };
    },
  };
}

function writeStep({ way, wanted }: Deed): Step {
  const step: Step = {
    name: way.deed,
    limitMs: 60_000,
    async run(context) {
      const { already, until } = readNotes(context.memory);
      return already ? { skipped: 'Nothing is to be changed.' } : way.write(context, wanted, until);
    },
  };
  return wanted.on ? { ...step, undo: (context) => way.takeBack(context, wanted) } : step;
}

function seeStep({ sight, deps, wanted }: Deed): Step {
  return {
    name: 'See it from outside',
    limitMs: sight.withinMs + 20_000,
    async run(context): Promise<StepEnd> {
      const cannot = sight.cannotTell(context.memory);
      if (cannot !== null) return { skipped: `Not verified: ${cannot}` };
      if (!(await sight.isRight(context.memory, context.signal))) throw sight.notSeen();
      note(context, { verifiedAt: deps.clock.now() });
      return { done: wanted.on ? 'Live: users read it.' : 'Users do not read it any more.' };
    },
  };
}

function resultOf({ wanted, way }: Deed, memory: Memory, elapsedMs: number): Record<string, unknown> {
  const { verifiedAt, until, putBack } = readNotes(memory);
  return {
    on: wanted.on,
    text: wanted.text,
    way: way.name,
    verified: verifiedAt !== null && !putBack,
    elapsedMs: Math.round(elapsedMs),
    ...(wanted.on ? { severity: wanted.severity, expiresAt: until === null ? null : new Date(until).toISOString() } : {}),
  };
}

function keep({ deps, wanted, way }: Deed, memory: Memory, verifiedAt: number | null): void {
  const { until, incidentId } = readNotes(memory);
  deps.journal.remember('banner', {
    on: wanted.on,
    text: wanted.text,
    severity: wanted.on ? wanted.severity : null,
    expiresAt: wanted.on ? until : null,
    way: way.name,
    verifiedAt,
    handle: incidentId === null ? {} : { incidentId },
  });
}

/** What a failed run leaves behind: a banner that was taken down stays down; one that could not be taken back may be on. */
function fail(deed: Deed, memory: Memory): void {
  const { written, published, putBack, verifiedAt } = readNotes(memory);
  if (deed.wanted.on ? written && !putBack : published) keep(deed, memory, deed.wanted.on ? null : verifiedAt);
}

function leaves({ wanted }: Deed, memory: Memory, code: string): string | null {
  const { written, formerClosed } = readNotes(memory);
  if (wanted.on)
    return formerClosed
      ? 'The notice before it stays resolved, if it was closed by then: `signalbox banner on` puts one up.'
      : null;
  // This one says so itself.
  if (!written || code === 'banner-still-seen') return null;
  return 'What was taken down stays off: `signalbox banner off` again finishes it, `signalbox banner on` puts one up.';
}

function summary({ wanted, way }: Deed, memory: Memory, succeeded: boolean): { text: string; mitigates: boolean } {
  const { verifiedAt, already, before } = readNotes(memory);
  const seen = verifiedAt === null ? 'not verified from outside' : 'seen from outside';
  if (!wanted.on && already) return { text: 'Banner off: none was on.', mitigates: false };
  if (wanted.on) {
    const text = succeeded
      ? `Banner on: ${quoted(wanted.text)} (${way.name}, ${seen}).`
      : `Banner could not be put up: ${quoted(wanted.text)}.`;
    return { text, mitigates: succeeded && verifiedAt !== null };
  }
  const text = succeeded ? `Banner off (${seen}).` : `Taking the banner down failed${before?.on ? `: ${inWords(before)}` : ''}.`;
  return { text, mitigates: false };
}
