// Levers as the window meets them, played by a script: a click is looked at, a run goes through its steps as run.* events,
// and the snapshot follows. Nothing is decided here that a test does not script.
import { randomUUID } from 'node:crypto';
import type { EventBody } from '../../shared/events.ts';
import type { Fault, Input, MethodName, Output, Reply } from '../../shared/ipc.ts';
import { type DumpFile, type LeverRequest, leverRequest } from '../../shared/lever.ts';
import type { Run, RunStep } from '../../shared/run.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { dumpOf, offerOf } from './view-fixtures.ts';

type Played = Extract<MethodName, `lever.${string}` | `dump.${string}`>;
type Answers = { readonly [M in Played]: (input: Input<M>) => Reply<Output<M>> };

export type WindowLevers = {
  /** How long a step takes, ms; 100 at first. `null`: a run stays in its first step until it is cancelled. */
  pace(stepMs: number | null): void;
  readonly answers: Answers;
  stop(): void;
};

type World = { snapshot(): Snapshot; emit(body: EventBody): void };

const now = (): string => new Date().toISOString();
const done = { ok: true, value: { ok: true } } as const;
const refuse = (message: string): Reply<never> => {
  const error: Fault = { code: 'not-found', message, next: 'Look at the list of runs.' };
  return { ok: false, error };
};

/** What each deed is called and which steps it takes. */
function scriptOf(request: LeverRequest): { readonly title: string; readonly steps: readonly string[] } {
  if (request.action === 'banner') {
    return request.on
      ? { title: 'Banner on', steps: ['Write the text', 'Read it back from outside'] }
      : { title: 'Banner off', steps: ['Remove the text', 'See that it is gone'] };
  }
  if (request.action === 'dump') {
    if (request.task === 'verify') return { title: `Verify ${request.file}`, steps: ['Restore it elsewhere', 'Compare'] };
    return { title: 'Dump of the data', steps: ['Choose the route', 'Dump', 'Prove that it can be read'] };
  }
  const over = ['Wake the standby', 'Set the variable', 'Promote the twin', 'See it in production'];
  if (request.action === 'drill')
    return { title: 'Drill: traffic to the standby and back', steps: [...over, 'Go back to the primary'] };
  if (request.to === 'prepare') return { title: 'Build the twin for the standby', steps: ['Build it', 'See that it is right'] };
  return request.to === 'standby'
    ? { title: 'Traffic to the standby', steps: over }
    : { title: 'Traffic to the primary', steps: ['Set the variable', 'Promote the deployment', 'See it in production'] };
}

export function playLevers(world: World): WindowLevers {
  const offers = new Map<string, LeverRequest>();
  const requests = new Map<string, LeverRequest>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const dumps: DumpFile[] = [];
  let stepMs: number | null = 100;

  const finish = (run: Run, state: Run['state'], more: Partial<Run> = {}): void => {
    world.emit({ event: 'run.finished', run: { ...run, ...more, state, finishedAt: now() } });
  };
  const arrive = (run: Run, request: LeverRequest): void => {
    const made = request.action === 'dump' && request.task === 'create' ? dumpOf('nine-panels-now.dump', { at: now() }) : null;
    if (made) dumps.unshift(made);
    world.emit({ event: 'view.changed', ...outcome(world.snapshot(), request, made) });
    finish(run, 'succeeded', { result: resultOf(request) });
  };
  const advance = (run: Run, request: LeverRequest): void => {
    if (stepMs === null) return;
    const step = (): void => {
      const index = run.steps.findIndex(({ state }) => state === 'running');
      const steps = run.steps.map((before, at): RunStep => {
        if (at === index) return { ...before, state: 'succeeded', finishedAt: now() };
        return at === index + 1 ? { ...before, state: 'running', startedAt: now() } : before;
      });
      const next = { ...run, steps };
      if (index === steps.length - 1) arrive(next, request);
      else {
        world.emit({ event: 'run.step', run: next });
        advance(next, request);
      }
    };
    timers.set(run.id, setTimeout(step, stepMs));
  };
  const begin = (request: LeverRequest): Run => {
    const { title, steps } = scriptOf(request);
    const run: Run = {
      id: `run-${randomUUID()}`,
      action: request.action,
      title,
      by: 'window',
      state: 'running',
      startedAt: now(),
      finishedAt: null,
      steps: steps.map((name, index) => ({
        name,
        state: index === 0 ? 'running' : 'waiting',
        startedAt: index === 0 ? now() : null,
        finishedAt: null,
      })),
    };
    requests.set(run.id, request);
    world.emit({ event: 'run.started', run });
    advance(run, request);
    return run;
  };
  const find = (id: string, state: Run['state']): Run | undefined =>
    world.snapshot().runs.find((run) => run.id === id && run.state === state);

  const answers: Answers = {
    'lever.prepare': ({ request }) => {
      const parsed = leverRequest.parse(request);
      const token = randomUUID();
      offers.set(token, parsed);
      return { ok: true, value: offerOf({ title: scriptOf(parsed).title, changes: [], asks: false, token }) };
    },
    'lever.start': ({ token }) => {
      const request = offers.get(token);
      offers.delete(token);
      return request ? { ok: true, value: { run: begin(request) } } : refuse('This offer is over.');
    },
    'lever.cancel': ({ runId }) => {
      const run = find(runId, 'running');
      if (!run) return refuse('This run is over.');
      clearTimeout(timers.get(runId));
      finish({ ...run, steps: takenBack(run.steps, 'cancelled') }, 'cancelled');
      return done;
    },
    'lever.resume': ({ runId }) => {
      const run = find(runId, 'interrupted');
      if (!run) return refuse('This run cannot be resumed.');
      const { offers: _, ...rest } = run;
      const next: Run = { ...rest, state: 'running' };
      world.emit({ event: 'run.step', run: next });
      advance(next, requests.get(runId) ?? leverRequest.parse({ action: 'traffic', to: 'standby' }));
      return { ok: true, value: { run: next } };
    },
    'lever.undo': ({ runId }) => {
      const run = find(runId, 'interrupted');
      if (!run) return refuse('This run cannot be taken back.');
      const { offers: _, ...rest } = run;
      const next: Run = { ...rest, steps: takenBack(run.steps, 'undone') };
      finish(next, 'cancelled');
      return { ok: true, value: { run: next } };
    },
    'dump.list': () => ({ ok: true, value: dumps }),
    'dump.delete': ({ name }) => {
      const index = dumps.findIndex((dump) => dump.name === name);
      if (index < 0) return refuse('There is no such dump.');
      dumps.splice(index, 1);
      return done;
    },
    'dump.reveal': () => done,
  };
  return {
    answers,
    pace: (ms) => {
      stepMs = ms;
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

function takenBack(steps: readonly RunStep[], current: RunStep['state']): RunStep[] {
  return steps.map((step) => {
    if (step.state === 'running') return { ...step, state: current, finishedAt: now() };
    return step.state === 'succeeded' ? { ...step, state: 'undone' } : step;
  });
}

/** How the snapshot's levers stand after the deed. */
function outcome(before: Snapshot, request: LeverRequest, made: DumpFile | null): Partial<Snapshot> {
  if (request.action === 'banner') {
    const { on, forMs } = request;
    const expiresAt = on && forMs !== null ? new Date(Date.now() + forMs).toISOString() : null;
    const [text, severity] = on ? [request.text, request.severity] : [null, null];
    return { banner: { on, text, severity, expiresAt, verifiedAt: now(), way: 'global-config' } };
  }
  if (request.action === 'traffic' && request.to !== 'prepare') {
    return { traffic: { target: request.to, verifiedAt: now(), way: 'promote-twin' } };
  }
  if (made) {
    const { name, at, bytes } = made;
    return { levers: { ...before.levers, dump: { ...before.levers.dump, last: { name, at, bytes } } } };
  }
  return {};
}

function resultOf(request: LeverRequest): Record<string, unknown> {
  if (request.action === 'banner') return { on: request.on, way: 'global-config', verified: true, elapsedMs: 3_100 };
  if (request.action === 'traffic' && request.to === 'prepare') return { commit: '4f2a91c', verified: true, elapsedMs: 61_000 };
  if (request.action === 'traffic') return { to: request.to, way: 'promote-twin', verified: true, elapsedMs: 8_400 };
  if (request.action === 'drill') return { standbyWokeMs: 38_000, switchedMs: 8_400, backMs: 7_900 };
  return { file: '/home/dev/dumps/nine-panels-now.dump', bytes: 41_800_000, tables: 9 };
}
