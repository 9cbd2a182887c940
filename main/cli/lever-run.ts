// How every lever command goes: look, say what will change, ask, do it, tell the end (DESIGN sections 7 and 9). Knows no
// lever from inside.
import type { Fault } from '../../shared/ipc.ts';
import type { Finding, LeverRequest, Preflight } from '../../shared/lever.ts';
import { safeText } from '../../shared/redact.ts';
import { exitCodeOfRun, type Run } from '../../shared/run.ts';
import type { HowToRun, Levers, StartedRun } from '../ipc/face.ts';
import type { Context } from './context.ts';
import { confirm, withLevers } from './lever-desk.ts';
import { reportRun } from './lever-progress.ts';
import { closingLines, titleOf } from './lever-words.ts';
import type { Ended } from './services.ts';

export type Pull = {
  readonly request: LeverRequest;
  /** Look only. */
  readonly dryRun: boolean;
  /** `yes` does it without asking, `never` is for what asks nobody. */
  readonly asking: 'person' | 'yes' | 'never';
  /** Goes on where the refusal may be overridden. */
  readonly force: boolean;
  /** Said beside what the lever found itself. */
  readonly findings?: readonly Finding[];
};

/** The options that all levers share. */
export type LeverOptions = { readonly dryRun?: boolean; readonly yes?: boolean; readonly force?: boolean };

/** A pull as those options ask for it. */
export function pullOf(request: LeverRequest, { dryRun = false, yes = false, force = false }: LeverOptions): Pull {
  return { request, dryRun, asking: yes ? 'yes' : 'person', force };
}

/** Pulls a lever. FaultError when it is not set up, busy, or a person said no; a failed run is told and ends with its code. */
export async function pull(context: Context, wanted: Pull): Promise<Ended> {
  return await withLevers(context, async ({ levers }) => {
    const preflight = await look(context, levers, wanted);
    if (wanted.dryRun) return endDryRun(context, preflight, wanted);
    for (const line of preflightLines(preflight)) context.out.note(line);
    const { refusal } = preflight;
    if (refusal !== null && !goesOn(preflight, wanted)) return endRefused(context, preflight, refusal);
    if (refusal !== null) context.out.note(`  ! Going on all the same (--force): ${text(refusal.message)}`);
    if (preflight.asks && wanted.asking === 'person') await confirm(context, text(preflight.title));
    return await follow(context, (how) => levers.start(wanted.request, { ...how, force: wanted.force }));
  });
}

async function look({ out, signal }: Context, levers: Levers, { request, findings = [] }: Pull): Promise<Preflight> {
  out.progress('Looking first…');
  try {
    const preflight = await levers.prepare(request, signal);
    signal.throwIfAborted();
    return { ...preflight, findings: [...preflight.findings, ...findings] };
  } catch (error) {
    // What a cut-off look complains of is not the reason.
    signal.throwIfAborted();
    throw error;
  } finally {
    out.progress('');
  }
}

const goesOn = ({ forceable }: Preflight, { force }: Pull): boolean => forceable && force;

function endDryRun({ out }: Context, preflight: Preflight, wanted: Pull): Ended {
  const refusal = goesOn(preflight, wanted) ? null : preflight.refusal;
  out.answer(
    () => preflight,
    () => [...preflightLines(preflight), ...(refusal === null ? ['Only looked: nothing was changed.'] : [])],
  );
  if (refusal === null) return 0;
  if (!out.json) out.fault(withForce(preflight, refusal));
  return 1;
}

function endRefused({ out }: Context, preflight: Preflight, refusal: Fault): Ended {
  out.fault(withForce(preflight, refusal));
  return exitCodeOfRun({ state: 'failed', error: refusal });
}

function withForce({ forceable }: Preflight, refusal: Fault): Fault {
  return forceable ? { ...refusal, next: `${refusal.next} Or add --force to go on all the same.`.trim() } : refusal;
}

const findingMarks = { good: '✓', note: '–', warning: '!' } as const satisfies Record<Finding['level'], string>;

function preflightLines({ title, changes, findings }: Preflight): readonly string[] {
  return [
    text(title),
    ...changes.map((change) => `  → ${text(change)}`),
    ...findings.map((finding) => `  ${findingMarks[finding.level]} ${text(finding.text)}`),
  ];
}

const text = (said: string): string => safeText(said, 1_000);

/** Starts a run, tells it as it goes and waits for its end; the first Ctrl-C cancels it, which puts back what it can. */
export async function follow({ out, signal, now }: Context, start: (how: HowToRun) => Promise<StartedRun>): Promise<Ended> {
  signal.throwIfAborted();
  const reporter = reportRun(out, now);
  const tellCancel = (): void => out.note('  Cancelling, and putting back what was changed…');
  signal.addEventListener('abort', tellCancel, { once: true });
  const ticking = out.live ? setInterval(() => reporter.tick(), 1_000) : undefined;
  try {
    const started = await start({ by: 'command', force: false, signal, onRun: (run) => reporter.show(run) });
    const finished = await started.finished;
    reporter.show(finished);
    return endRun({ out }, finished);
  } finally {
    clearInterval(ticking);
    signal.removeEventListener('abort', tellCancel);
    out.progress('');
  }
}

/** The finished run for programs, also when it failed; one sentence for people. */
function endRun({ out }: Pick<Context, 'out'>, run: Run): Ended {
  const ended = exitCodeOfRun(run);
  if (out.json || ended === 0) {
    out.answer(
      () => run,
      () => closingLines(run),
    );
  } else {
    out.fault(
      run.error ?? { code: run.state, message: `${titleOf(run)}: ${run.state}.`, next: `See signalbox runs show ${run.id}` },
    );
  }
  return ended;
}
