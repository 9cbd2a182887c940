// Tells a run as it goes, on stderr: on a terminal one line that changes in place, elsewhere plain lines at a calm rate.
// Decides nothing about the run.
import type { Run, RunStep } from '../../shared/run.ts';
import { duration } from '../../shared/words.ts';
import { elapsed, howFar, lastedMs, stepMarks } from './lever-words.ts';
import { type Out, told } from './output.ts';

/** Where nobody watches live, a step says how far it is at most this often. */
const calmMs = 2_000;

export type RunReporter = {
  /** Tells what changed since the run was last shown. */
  show(run: Run): void;
  /** Brings the elapsed time of the live line up to now. */
  tick(): void;
};

/** A reporter for one run. What had ended before it was first shown is not told again. */
export function reportRun(out: Out, now: () => number): RunReporter {
  const states: (RunStep['state'] | undefined)[] = [];
  let current: RunStep | null = null;
  let saidAt = 0;
  let said = '';
  let first = true;

  const begin = (step: RunStep): void => {
    saidAt = now();
    said = farOf(step);
    if (!out.live) out.note(`  ${stepMarks.running} ${told(step.name)}`);
  };
  const goOn = (step: RunStep): void => {
    const far = farOf(step);
    if (out.live || far === said || now() - saidAt < calmMs) return;
    saidAt = now();
    said = far;
    out.note(`    ${told(step.name)}: ${far}`);
  };
  const live = (): void => {
    if (current && out.live) out.progress(liveLine(current, now()));
  };

  return {
    show(run) {
      current = null;
      run.steps.forEach((step, index) => {
        const before = states[index];
        states[index] = step.state;
        if (step.state === 'running') {
          current = step;
          if (before === 'running') goOn(step);
          else begin(step);
        } else if (isNews(step) && step.state !== before && !first) {
          out.note(endLine(step));
        }
      });
      first = false;
      live();
      if (current === null) out.progress('');
    },
    tick: live,
  };
}

/** A step that was left over when the run ended and has nothing to say is none. */
const isNews = ({ state, startedAt, detail }: RunStep): boolean =>
  state !== 'waiting' && (startedAt !== null || detail !== undefined);

function farOf({ progress, detail }: RunStep): string {
  return [...(progress ? [howFar(progress)] : []), ...(detail === undefined ? [] : [told(detail)])].join(', ');
}

function liveLine(step: RunStep, now: number): string {
  const far = farOf(step);
  const ran = step.startedAt === null ? '' : ` (${duration(now - Date.parse(step.startedAt))})`;
  return `${stepMarks.running} ${told(step.name)}${far === '' ? '' : `: ${far}`}${ran}`;
}

/** `  ✓ Wake the standby (38 s): It answered.` */
export function endLine(step: RunStep): string {
  const lasted = lastedMs(step);
  const time = lasted === null || step.state === 'skipped' ? '' : ` (${elapsed(lasted)})`;
  const undone = step.state === 'undone' ? ', taken back' : '';
  return `  ${stepMarks[step.state]} ${told(step.name)}${undone}${time}${step.detail === undefined ? '' : `: ${told(step.detail)}`}`;
}
