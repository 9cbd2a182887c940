// Levers that do nothing but tell the story a test gives them: a preflight, the states of a run, and how it ends. They
// keep what they were asked for.

import type { LeverDesk } from '../../main/cli/services.ts';
import type { HowToRun, Journal, Levers } from '../../main/engine/levers.ts';
import type { DumpFile, LeverRequest, LeversView, Preflight } from '../../shared/lever.ts';
import { noLevers } from '../../shared/lever.ts';
import type { Run, RunStep } from '../../shared/run.ts';
import type { BannerView, TrafficView } from '../../shared/snapshot.ts';

export const runBegan = '2026-01-02T03:04:05.678Z';
const after = (ms: number): string => new Date(Date.parse(runBegan) + ms).toISOString();

export function fakeStep(name: string, change: Partial<RunStep> = {}): RunStep {
  return { name, state: 'waiting', startedAt: null, finishedAt: null, ...change };
}

/** A step that ended `ms` after the run began. */
export function endedStep(name: string, ms: number, change: Partial<RunStep> = {}): RunStep {
  return fakeStep(name, { state: 'succeeded', startedAt: runBegan, finishedAt: after(ms), ...change });
}

export function fakeRun(change: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    action: 'traffic',
    title: 'Traffic to the standby',
    by: 'command',
    state: 'succeeded',
    startedAt: runBegan,
    finishedAt: after(7_200),
    steps: [endedStep('Wake the standby', 2_000), endedStep('Promote the twin', 7_200)],
    result: { from: 'primary', to: 'standby', way: 'promote-twin', verified: true, elapsedMs: 7_200 },
    ...change,
  };
}

/** Half-way: its process died. */
export function interruptedRun(change: Partial<Run> = {}): Run {
  const steps = [
    endedStep('Wake the standby', 2_000),
    fakeStep('Promote the twin', { state: 'running', startedAt: after(2_000) }),
  ];
  const { result: _none, ...begun } = fakeRun({ id: 'run-0', state: 'interrupted', finishedAt: null, steps });
  return { ...begun, offers: ['resume', 'undo'], ...change };
}

export const fakePreflight: Preflight = {
  title: 'Traffic to the standby',
  changes: ['VITE_SERVER_ROOT: from https://api.example.com to https://standby.example.com'],
  findings: [{ level: 'good', text: 'The standby answered after 0.2 s.' }],
  refusal: null,
  forceable: false,
  asks: true,
};

export type LeverStory = {
  readonly preflight?: Partial<Preflight> | ((signal: AbortSignal) => Promise<Preflight>);
  /** States before the last one. */
  readonly states?: readonly Run[];
  readonly finished?: Run;
  /** Called after each state was told. */
  readonly between?: (index: number) => void;
  /** The run waits for a cancel and then ends like this. */
  readonly cancelled?: Run;
  readonly startFails?: Error;
  readonly runs?: readonly Run[];
  readonly dumps?: readonly DumpFile[];
  readonly banner?: Partial<BannerView>;
  readonly traffic?: Partial<TrafficView>;
  readonly view?: Partial<LeversView>;
};

export type FakeDesk = LeverDesk & {
  /** What was asked for, in order: `start`, `resume run-0`, ... */
  readonly asked: string[];
  readonly requests: LeverRequest[];
  readonly how: HowToRun[];
  runs: Run[];
  closed: number;
};

export function fakeDesk(story: LeverStory = {}): FakeDesk {
  const requests: LeverRequest[] = [];
  const asked: string[] = [];
  const how: HowToRun[] = [];
  const tell = async (given: HowToRun) => {
    how.push(given);
    if (story.startFails) throw story.startFails;
    const last = story.finished ?? fakeRun();
    const states = story.states ?? [];
    return { run: states[0] ?? last, finished: play(story, states, last, given) };
  };
  const levers: Levers = {
    prepare: async (request, signal) => {
      requests.push(request);
      asked.push('prepare');
      if (typeof story.preflight === 'function') return await story.preflight(signal);
      return { ...fakePreflight, ...story.preflight };
    },
    start: async (request, given) => {
      requests.push(request);
      asked.push('start');
      return await tell(given);
    },
    resume: async (id, given) => {
      asked.push(`resume ${id}`);
      return await tell(given);
    },
    undo: async (id, given) => {
      asked.push(`undo ${id}`);
      return await tell(given);
    },
    cancel: (id) => {
      asked.push(`cancel ${id}`);
      desk.runs = desk.runs.map((run) => (run.id === id ? fakeRun({ ...run, state: 'cancelled', finishedAt: runBegan }) : run));
    },
    findInterrupted: () => desk.runs.filter(({ state }) => state === 'interrupted'),
    dumps: async () => story.dumps ?? [],
    deleteDump: async (name) => void asked.push(`delete ${name}`),
    view: () => ({
      traffic: { target: 'unknown', verifiedAt: null, way: null, ...story.traffic },
      banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null, ...story.banner },
      levers: { ...noLevers, ...story.view },
    }),
    stop: async () => undefined,
  };
  const journal: Pick<Journal, 'recent' | 'run'> = {
    recent: (limit) => desk.runs.slice(0, limit),
    run: (id) => {
      const run = desk.runs.find((one) => one.id === id);
      const request: LeverRequest = { action: 'drill', force: false };
      return run ? { run, request, by: 'command', direction: 'forward', incidentIds: [], memory: {} } : null;
    },
  };
  const desk: FakeDesk = {
    levers,
    journal,
    asked,
    requests,
    how,
    runs: [...(story.runs ?? [])],
    closed: 0,
    close: async () => {
      desk.closed += 1;
    },
  };
  return desk;
}

async function play(story: LeverStory, states: readonly Run[], last: Run, { onRun, signal }: HowToRun): Promise<Run> {
  for (const [index, run] of states.entries()) {
    onRun?.(run);
    story.between?.(index);
    await Promise.resolve();
  }
  if (story.cancelled && signal) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    onRun?.(story.cancelled);
    return story.cancelled;
  }
  onRun?.(last);
  return last;
}
