// A small production whose banner can be switched in every way: Vercel's stand-in with quick builds that are real files, the
// origin that serves them, a status page, and the runner with a journal that can be handed on to a "restarted" process.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Action } from '../../../main/actions/action.ts';
import { type BannerDeps, makeBanner } from '../../../main/actions/banner.ts';
import { newEntry } from '../../../main/actions/lever-entries.ts';
import { runAction } from '../../../main/actions/runner.ts';
import { systemClock } from '../../../main/engine/clock.ts';
import type { JournalRun } from '../../../main/engine/levers.ts';
import type { Clock } from '../../../main/engine/ports.ts';
import { makeStatuspage } from '../../../main/providers/statuspage-management.ts';
import { makeVercel } from '../../../main/providers/vercel.ts';
import type { BannerRequest } from '../../../shared/lever.ts';
import type { Run } from '../../../shared/run.ts';
import type { StandIn } from '../../../simulator/http.ts';
import { startProduction } from '../../../simulator/production.ts';
import { type StatuspageStandIn, startStatuspage } from '../../../simulator/statuspage-management.ts';
import { startVercel, type VercelOptions, type VercelStandIn } from '../../../simulator/vercel.ts';
import { contractOr } from '../../contract/ask.ts';
import { type RefusingJournal, refusingJournal } from '../../support/refusing-journal.ts';

export const commit = 'b'.repeat(40);
const token = 'stand-in-token-0000';

export type BannerScene = {
  readonly vercel: VercelStandIn;
  readonly production: StandIn;
  readonly statuspage: StatuspageStandIn;
  readonly journal: RefusingJournal;
  deps(via: NonNullable<BannerDeps['settings']>['via'], change?: Partial<BannerDeps>): BannerDeps;
  run(request: Partial<BannerRequest>, deps: BannerDeps, how?: Running): Promise<JournalRun>;
  /** The built page's own banner and the one that it reads at run time. */
  shown(): Promise<{ readonly built: string; readonly live: unknown }>;
  /** Requests with this method whose path contains `part`. */
  asked(standIn: StandIn, method: string, part: string): number;
  breakBuilds(message: string | null): void;
  stop(): Promise<void>;
};

export type Running = {
  /** Cancels the run; asked with every state. */
  readonly cancelWhen?: (run: Run) => boolean;
  readonly entry?: JournalRun;
};

/** Waits are a tenth as long. */
export const hurried: Clock = { ...systemClock, after: (ms, callback) => systemClock.after(ms / 10, callback) };

export function requestOf(request: Partial<BannerRequest>): BannerRequest {
  return { action: 'banner', on: true, text: null, severity: 'warning', forMs: null, ...request };
}

export async function bannerScene(options: Partial<VercelOptions> = {}): Promise<BannerScene> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-banner-'));
  let broken: string | null = null;
  const vercel = await startVercel({
    ...{ token, projectName: 'web', contract: contractOr('vercel') },
    timing: { queuedMs: 10, initializingMs: 10, aliasMs: 30, promotionMs: 30, propagationMs: 200 },
    async build(env, deployment) {
      if (broken !== null) throw new Error(broken);
      const directory = join(folder, deployment.id);
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, 'index.html'), '<div id="app"></div><script type="module" src="./main.js"></script>');
      const script = `const built = ${JSON.stringify(env.VITE_BANNER ?? '')};\nfetch('./config.json');\n`;
      await writeFile(join(directory, 'main.js'), script);
      return { directory };
    },
    ...options,
  });
  await vercel.seed({ env: { VITE_SERVER_ROOT: 'https://api.example.com' }, commit });
  const production = await startProduction({
    directory: () => vercel.currentDirectory(),
    config: () => ({ banner: vercel.cdnItem('banner') }),
  });
  const statuspage = await startStatuspage({ token, contract: contractOr('statuspage') });
  const journal = refusingJournal();
  const secret = async (): Promise<string> => token;
  let runs = 0;
  return {
    ...{ vercel, production, statuspage, journal },
    deps: (via, change = {}) => ({
      settings: {
        ...{ via, key: 'banner', variable: 'VITE_BANNER', globalConfigId: vercel.globalConfigId },
        ...(via === 'statuspage' ? {} : { verifyUrl: `${production.url}/` }),
      },
      vercel: makeVercel({ apiUrl: vercel.url, teamId: null, project: 'web', token: secret }),
      statuspage: makeStatuspage({ apiUrl: statuspage.url, pageId: statuspage.pageId, token: secret }),
      ...{ journal, clock: hurried, app: { name: 'Nine Panels' }, seeMs: 1_500 },
      ...change,
    }),
    run(request, deps, { cancelWhen, entry } = {}) {
      const whole = requestOf(request);
      const action: Action = makeBanner(whole, deps);
      runs += 1;
      const fresh = { id: `run-${runs}`, at: Date.now(), by: 'command', incidentIds: [], clean: (text: string) => text } as const;
      const start = entry ?? newEntry({ ...fresh, request: whole, action });
      const cancelling = new AbortController();
      return runAction({
        ...{ action, entry: start, journal, clock: systemClock, signal: cancelling.signal, force: false },
        clean: (text) => text,
        onRun(run) {
          if (cancelWhen?.(run)) cancelling.abort(new Error('cancelled by the test'));
        },
      });
    },
    async shown() {
      const script = await (await fetch(`${production.url}/main.js`)).text();
      const { banner } = (await (await fetch(`${production.url}/config.json`)).json()) as { readonly banner?: unknown };
      return { built: JSON.parse(/built = (".*");/.exec(script)?.[1] ?? '""') as string, live: banner };
    },
    asked: (standIn, method, part) => standIn.received.filter((one) => one.method === method && one.path.includes(part)).length,
    breakBuilds(message) {
      broken = message;
    },
    async stop() {
      await Promise.all([vercel, production, statuspage].map((part) => part.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const states = ({ run }: JournalRun): readonly string[] => run.steps.map(({ name, state }) => `${name}: ${state}`);

/** A client whose first call of this method is carried out and never answered. */
export function lost<C extends object>(client: C | null, method: keyof C & string, standIn: StandIn): C {
  if (client === null) throw new Error('there is a client');
  const call = client[method] as unknown as (...args: unknown[]) => Promise<unknown>;
  let isLost = false;
  const first = async (...args: unknown[]): Promise<unknown> => {
    if (!isLost) await standIn.fail({ kind: 'drop' }, 1);
    isLost = true;
    return call(...args);
  };
  return { ...client, [method]: first };
}

/** The journal as a crash in the middle of step `index` leaves it. */
export function interrupted(run: JournalRun, index: number): JournalRun {
  const steps = run.run.steps.map((one, at) => {
    const state = at < index ? one.state : at === index ? ('running' as const) : ('waiting' as const);
    return { ...one, state, finishedAt: at < index ? one.finishedAt : null, startedAt: at <= index ? run.run.startedAt : null };
  });
  const { error: _error, result: _result, ...rest } = run.run;
  return { ...run, direction: 'forward', run: { ...rest, state: 'running', finishedAt: null, steps } };
}

/** For the top of a test file: a scene for every test, whose requests must all be as the documents have them. */
export function sceneForEach(onScene: (scene: BannerScene) => void): void {
  let scene: BannerScene;
  beforeEach(async () => {
    scene = await bannerScene();
    onScene(scene);
  });
  afterEach(async () => {
    await scene.stop();
    expect(scene.vercel.violations).toEqual([]);
    expect(scene.statuspage.violations).toEqual([]);
  });
}
