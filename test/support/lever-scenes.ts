// The states of the levers that the window is designed for, all during one outage.
import type { DumpFile } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { Scene } from './scenes.ts';
import { dumpOf, iso, leversOf, offerOf, runOf } from './view-fixtures.ts';

const day = 86_400_000;

export function someDumps(now: number): DumpFile[] {
  return [
    dumpOf('nine-panels-20230709-110000.dump', { at: iso(now - 3 * 3_600_000), verifiedAt: iso(now - 2.5 * 3_600_000) }),
    dumpOf('nine-panels-20230702-090000.dump.age', { at: iso(now - 7 * day), bytes: 40_100_000, encrypted: true }),
    dumpOf('nine-panels-20230625-090000.dump', {
      at: iso(now - 14 * day),
      bytes: 12_400,
      tables: null,
      problem: 'The file is not what its checksum says; do not rely on it.',
    }),
  ];
}

export function pastRuns(now: number): Run[] {
  const drill = runOf({
    id: 'run-drill',
    action: 'drill',
    title: 'Drill: traffic to the standby and back',
    by: 'command',
    state: 'succeeded',
    atMs: now - 12 * day,
    finishedAt: iso(now - 12 * day + 61_000),
    result: { standbyWokeMs: 38_200, switchedMs: 8_400, backMs: 7_900, elapsedMs: 61_000 },
  });
  const dump = runOf({
    id: 'run-dump',
    action: 'dump',
    title: 'Dump of the data',
    state: 'succeeded',
    atMs: now - 3 * 3_600_000,
    finishedAt: iso(now - 3 * 3_600_000 + 14_000),
    steps: ended(now - 3 * 3_600_000, ['Choose the route', 'Dump', 'Prove that it can be read']),
    result: { file: '/home/dev/dumps/nine-panels-20230709-110000.dump', bytes: 41_800_000, tables: 9 },
  });
  return [dump, { ...drill, steps: ended(now - 12 * day, ['Wake the standby', 'Promote the twin', 'Go back']) }];
}

function ended(from: number, names: readonly string[]): Run['steps'] {
  return names.map((name, index) => ({
    name,
    state: 'succeeded',
    startedAt: iso(from + index * 4_000),
    finishedAt: iso(from + (index + 1) * 4_000),
  }));
}

const text = 'Some requests fail since 14:00. We are on it; your data is safe.';

/** During `outage`: at rest with advice, a question, a refusal, everything under way, interrupted, ended, and not set up. */
export function leverScenes(outage: Snapshot, replies: Scene['replies'], now: number): Scene[] {
  const scene = (name: string, change: Partial<Snapshot>, more: Partial<Scene> = {}): Scene => ({
    name: `levers-${name}`,
    snapshot: { ...outage, levers: leversOf(now), ...change },
    replies,
    ...more,
  });
  const pull: Scene['act'] = async (page) => {
    await page.getByRole('button', { name: 'Move to the standby' }).click();
    await page.locator('.lever-offer').waitFor();
  };
  const { traffic, drill } = leversOf(now);
  const on: Snapshot['banner'] = {
    on: true,
    text,
    severity: 'critical',
    verifiedAt: iso(now - 120_000),
    expiresAt: iso(now + 3_700_000),
    way: 'global-config',
  };
  return [
    scene('advice', {
      banner: on,
      levers: leversOf(now, {
        traffic: {
          ...traffic,
          suggestion: 'The primary has been down for 5 min and the standby answers: move traffic over.',
          twin: { state: 'stale', sentence: 'The twin is 2 commits behind what is live.' },
        },
        drill: { ...drill, lastAt: iso(now - 41.5 * day), overdue: true },
      }),
    }),
    scene('question', {}, { replies: { ...replies, 'lever.prepare': question }, act: pull }),
    scene('refusal', {}, { replies: { ...replies, 'lever.prepare': refusal }, act: pull }),
    scene('running', { runs: underWay(now) }),
    scene('interrupted', { runs: [interrupted(now), failedDump(now), goodBanner(now)], banner: on }),
    scene('spare', {
      levers: leversOf(now, {
        banner: { ready: false, problem: null, way: null },
        traffic: {
          ...traffic,
          ready: false,
          problem: 'The Vercel token is missing: store it with `signalbox secret set vercel`.',
        },
      }),
    }),
  ];
}

const question = offerOf({
  changes: [
    'VITE_SERVER_ROOT (production) becomes https://standby.example.com; it was https://api.example.com.',
    'The twin of commit 4f2a91c goes live on example.com.',
  ],
  findings: [
    { level: 'good', text: 'The standby answered in 1.20 s.' },
    { level: 'note', text: 'The row is used for production only.' },
    { level: 'warning', text: 'New pushes will not go live by themselves: autoAssignCustomDomains is off.' },
  ],
});

const refusal = offerOf({
  asks: false,
  forceable: true,
  refusal: {
    code: 'would-not-help',
    message: 'The database is the cause: the standby reads the same one and would fail as well.',
    next: 'Put the banner up and ask Supabase; or do it anyway.',
  },
});

function underWay(now: number): Run[] {
  const banner = runOf({
    id: 'run-banner',
    action: 'banner',
    title: 'Banner on',
    atMs: now - 2_000,
    by: 'automation',
    steps: [
      { name: 'Write the text', state: 'succeeded', startedAt: iso(now - 2_000), finishedAt: iso(now - 1_200) },
      { name: 'Read it back from outside', state: 'running', startedAt: iso(now - 1_200), finishedAt: null },
    ],
  });
  const dump = runOf({
    id: 'run-dump-now',
    action: 'dump',
    title: 'Dump of the data',
    by: 'command',
    atMs: now - 9_000,
    steps: [
      {
        name: 'Choose the route',
        state: 'succeeded',
        startedAt: iso(now - 9_000),
        finishedAt: iso(now - 8_000),
        detail: 'Direct, over IPv4.',
      },
      {
        name: 'Dump',
        state: 'running',
        startedAt: iso(now - 8_000),
        finishedAt: null,
        detail: 'public.orders',
        progress: { done: 28_000_000, total: 42_000_000, unit: 'bytes' },
      },
      { name: 'Prove that it can be read', state: 'waiting', startedAt: null, finishedAt: null },
    ],
  });
  const traffic = runOf({
    atMs: now - 22_000,
    steps: [
      {
        name: 'Wake the standby',
        state: 'running',
        startedAt: iso(now - 22_000),
        finishedAt: null,
        progress: { done: 22, total: null, unit: 'seconds' },
      },
      { name: 'Set VITE_SERVER_ROOT', state: 'waiting', startedAt: null, finishedAt: null },
      { name: 'Promote the twin', state: 'waiting', startedAt: null, finishedAt: null },
      { name: 'See it in production', state: 'waiting', startedAt: null, finishedAt: null },
    ],
  });
  return [dump, traffic, banner];
}

function interrupted(now: number): Run {
  return runOf({ atMs: now - 600_000, state: 'interrupted', offers: ['resume', 'undo'] });
}

function failedDump(now: number): Run {
  return runOf({
    id: 'run-dump-failed',
    action: 'dump',
    title: 'Dump of the data',
    state: 'failed',
    atMs: now - 120_000,
    finishedAt: iso(now - 100_000),
    steps: [
      { name: 'Choose the route', state: 'undone', startedAt: iso(now - 120_000), finishedAt: iso(now - 119_000) },
      { name: 'Dump', state: 'failed', startedAt: iso(now - 119_000), finishedAt: iso(now - 100_000), detail: 'At 12 MB.' },
      { name: 'Prove that it can be read', state: 'skipped', startedAt: null, finishedAt: null },
    ],
    error: {
      code: 'connection-lost',
      message: 'The connection to the database was lost after 12 MB; the partial file was removed.',
      next: 'Dump again once the database answers.',
    },
  });
}

function goodBanner(now: number): Run {
  return runOf({
    id: 'run-banner-up',
    action: 'banner',
    title: 'Banner on',
    state: 'succeeded',
    atMs: now - 124_000,
    finishedAt: iso(now - 120_900),
    steps: ended(now - 124_000, ['Write the text', 'Read it back from outside']),
    result: { on: true, way: 'global-config', verified: true, elapsedMs: 3_100 },
  });
}
