// A small production that can be switched: Vercel's stand-in with builds that are quick and real files, the origin that serves
// them, a primary and a standby that sleeps, and a runner with a journal in memory.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import type { Action } from '../../../main/actions/action.ts';
import { type DrillDeps, makeDrill } from '../../../main/actions/drill.ts';
import { runAction } from '../../../main/actions/runner.ts';
import { makeTraffic } from '../../../main/actions/traffic.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { JournalRun, LeverMemory, LeverName } from '../../../main/engine/levers.ts';
import { makeVercel } from '../../../main/providers/vercel.ts';
import type { LeverRequest } from '../../../shared/lever.ts';
import type { Run } from '../../../shared/run.ts';
import { type FaultyServer, startFaultyServer } from '../../../simulator/faulty-server.ts';
import { json, type StandIn } from '../../../simulator/http.ts';
import { startProduction } from '../../../simulator/production.ts';
import { type Standby, startStandby } from '../../../simulator/standby.ts';
import { startVercel, type VercelOptions, type VercelStandIn } from '../../../simulator/vercel.ts';
import { contractOr } from '../../contract/ask.ts';

export const variable = 'VITE_SERVER_ROOT';
export const commit = 'a'.repeat(40);
const token = 'stand-in-vercel-token-0000';

export type Scene = {
  readonly vercel: VercelStandIn;
  readonly production: StandIn;
  readonly primary: FaultyServer;
  readonly standby: Standby;
  readonly deps: DrillDeps;
  /** What is known of the levers. */
  readonly memory: Partial<LeverMemory>;
  /** Every state that a run was stored in, newest last. */
  readonly stored: JournalRun[];
  readonly twinId: string | null;
  readonly liveId: string;
  /** The next builds fail with this message. */
  breakBuilds(message: string | null): void;
  /** What builds put into the page instead of the variable; null: the variable. */
  buildCache(address: string | null): void;
  /** The variable's production row. */
  row(): string | undefined;
  /** Whom production serves, as its script says. */
  serves(): Promise<'primary' | 'standby' | 'neither'>;
  /** Requests to Vercel with this method whose path contains `part`. */
  asked(method: string, part: string): number;
  run(request: Partial<LeverRequest>, how?: Running): Promise<JournalRun>;
  action(request: Partial<LeverRequest>): Action;
  stop(): Promise<void>;
};

export type Running = {
  readonly force?: boolean;
  /** Cancels the run; asked with every state and every few milliseconds. */
  readonly cancelWhen?: (run: Run) => boolean;
  /** Goes on with this run instead of a new one. */
  readonly entry?: JournalRun;
};

export type SceneOptions = {
  readonly via?: readonly DrillDeps['settings']['via'][number][];
  readonly twin?: boolean;
  readonly withVariable?: boolean;
  readonly wakeMs?: number;
  readonly vercel?: Partial<VercelOptions>;
  readonly deps?: Partial<DrillDeps>;
};

export async function trafficScene(options: SceneOptions = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-traffic-'));
  const state: { broken: string | null; cached: string | null } = { broken: null, cached: null };
  const answer = async () => json(200, { data: { branch: 'main' } });
  const primary = await startFaultyServer(answer);
  const nowhere = { url: 'postgres://nobody@127.0.0.1:1/none', name: 'db.example', families: ['ipv4'] as const };
  const standby = await startStandby({ database: () => nowhere, tokenKey: 'key', wakeMs: options.wakeMs ?? 50 });
  const vercel = await startVercel({
    ...{ token, projectName: 'web', contract: contractOr('vercel') },
    timing: { queuedMs: 10, initializingMs: 10, aliasMs: 30, promotionMs: 30, propagationMs: 200 },
    async build(env, deployment) {
      if (state.broken !== null) throw new Error(state.broken);
      const directory = join(folder, deployment.id);
      await writePage(directory, state.cached ?? env[variable] ?? '');
      return { directory };
    },
    ...options.vercel,
  });
  const seeded = await vercel.seed({
    env: options.withVariable === false ? {} : { [variable]: primary.url },
    commit,
    ...(options.twin === false ? {} : { twin: { [variable]: standby.url } }),
  });
  // Without a row the page still has an address: the code's own default.
  if (options.withVariable === false) await writePage(seeded.production.directory ?? folder, primary.url);
  const production = await startProduction({
    directory: () => vercel.currentDirectory(),
    config: () => ({ apiBase: vercel.cdnItem('apiBase') }),
  });
  const memory: Partial<LeverMemory> = {};
  const deps: DrillDeps = {
    settings: {
      ...{ via: [...(options.via ?? ['promote-twin', 'vercel-env'])], variable, primary: primary.url, standby: standby.url },
      ...{ key: 'apiBase', verifyUrl: `${production.url}/`, automation: 'off', after: '5m', cooldown: '30m' },
    },
    globalConfigId: vercel.globalConfigId,
    vercel: makeVercel({ apiUrl: vercel.url, teamId: null, project: 'web', token: async () => token }),
    journal: {
      recall: <N extends LeverName>(name: N): LeverMemory[N] | null => (memory[name] as LeverMemory[N] | undefined) ?? null,
      remember<N extends LeverName>(name: N, value: LeverMemory[N]): void {
        Object.assign(memory, { [name]: structuredClone(value) });
      },
    },
    clock: systemClock,
    openFault: () => null,
    urgent: () => false,
    outage: () => null,
    times: { wakeTry: 2_000, wakeBudget: 4_000, promote: 5_000, see: 1_500, config: 2_000, settle: 3_000 },
    ...options.deps,
  };
  const stored: JournalRun[] = [];
  const action = (request: Partial<LeverRequest>): Action => {
    const whole = { action: 'traffic', force: false, ...request } as LeverRequest;
    if (whole.action === 'traffic') return makeTraffic(whole, deps);
    if (whole.action === 'drill') return makeDrill(whole, deps);
    throw new Error(`not in this scene: ${whole.action}`);
  };

  return {
    ...{ vercel, production, primary, standby, deps, memory, stored, action },
    twinId: seeded.twin?.id ?? null,
    liveId: seeded.production.id,
    breakBuilds(message) {
      state.broken = message;
    },
    buildCache(address) {
      state.cached = address;
    },
    row: () => vercel.env.find((row) => row.key === variable && row.target.includes('production'))?.value,
    async serves() {
      const script = await (await fetch(`${production.url}/main.js`)).text();
      const config = (await (await fetch(`${production.url}/config.json`)).json()) as { readonly apiBase?: string };
      const served = config.apiBase ?? script;
      if (served.includes(primary.url)) return 'primary';
      return served.includes(standby.url) ? 'standby' : 'neither';
    },
    asked: (method, part) => vercel.received.filter((one) => one.method === method && one.path.includes(part)).length,
    async run(request, { force = false, cancelWhen, entry } = {}) {
      const cancelling = new AbortController();
      const start = entry ?? newEntry(action(request), request, force);
      let { run } = start;
      const look = (): void => {
        if (cancelWhen?.(run)) cancelling.abort(new Error('cancelled by the test'));
      };
      const timer = setInterval(look, 10);
      return runAction({
        action: action(request),
        entry: start,
        journal: { save: (run) => stored.push(structuredClone(run)), cancelAsked: () => false },
        ...{ clock: systemClock, signal: cancelling.signal, force, clean: (text) => text },
        onRun(now) {
          run = now;
          look();
        },
      }).finally(() => clearInterval(timer));
    },
    async stop() {
      await Promise.all([vercel, production, primary, standby].map((part) => part.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writePage(directory: string, address: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'index.html'), '<div id="app"></div><script type="module" src="./main.js"></script>');
  await writeFile(join(directory, 'main.js'), `const server = ${JSON.stringify(address)};\nfetch('./config.json');\n`);
}

let runs = 0;

export function newEntry(action: Action, request: Partial<LeverRequest>, force: boolean): JournalRun {
  runs += 1;
  const steps = action.steps.map(({ name }) => ({ name, state: 'waiting' as const, startedAt: null, finishedAt: null }));
  return {
    run: {
      ...{ id: `run-${runs}`, action: request.action ?? 'traffic', title: action.title, by: 'command', state: 'running' },
      ...{ startedAt: new Date().toISOString(), finishedAt: null, steps },
    },
    request: { action: 'traffic', to: 'standby', force, ...request } as LeverRequest,
    ...{ by: 'command', direction: 'forward', incidentIds: [], memory: {} },
  };
}

/** `name: state` of each step. */
export function states({ run }: JournalRun): string[] {
  return run.steps.map(({ name, state }) => `${name}: ${state}`);
}

/** The detail of the step whose name contains `part`. */
export function detail({ run }: JournalRun, part: string): string {
  return run.steps.find(({ name }) => name.includes(part))?.detail ?? '';
}

/** For the top of a test file: makes one scene per test and stops it afterwards, when every request must have been as Vercel's
 *  document has it. */
export function sceneForEach(onScene: (scene: Scene) => void = () => undefined): (options?: SceneOptions) => Promise<Scene> {
  let scene: Scene | null = null;
  afterEach(async () => {
    const violations = scene?.vercel.violations;
    await scene?.stop();
    scene = null;
    expect(violations).toEqual([]);
  });
  return async (options = {}) => {
    scene = await trafficScene(options);
    onScene(scene);
    return scene;
  };
}
