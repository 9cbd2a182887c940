// The states that the window is designed for, each as a snapshot and what the history would answer.
import type { Page } from 'playwright';
import type { Incident } from '../../shared/incident.ts';
import type { Bucket, Strip } from '../../shared/ipc.ts';
import type { MonitorView, Snapshot } from '../../shared/snapshot.ts';
import { explainedScene } from './explained-scene.ts';
import type { FakeEngine } from './fake-engine.ts';
import type { SettingsStart } from './fake-settings.ts';
import { leverScenes, pastRuns, someDumps } from './lever-scenes.ts';
import { settingsScenes } from './settings-scenes.ts';
import { incidentOf, iso, leversOf, monitorOf, ninePanels, observationOf, snapshotOf } from './view-fixtures.ts';

export type Scene = {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly replies: Readonly<Record<string, unknown>>;
  readonly withoutKey?: boolean;
  readonly file?: SettingsStart;
  readonly act?: (page: Page, engine: FakeEngine) => Promise<void>;
};

/** Numbers that look measured and are the same every time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function stripsOf(monitors: readonly MonitorView[], now: number, downFor: number): Record<string, Strip[]> {
  const list = monitors.map((monitor, row): [string, Strip[]] => {
    const random = noise(row * 7_919 + 17);
    const length = monitor.intervalMs > 600_000 ? 11 : 60;
    const usual = monitor.latencyMs ?? 84;
    const strip = Array.from({ length }, (_, index): Strip => {
      const at = now - 4_000 - (length - 1 - index) * monitor.intervalMs;
      if (monitor.status === 'down' && index >= length - downFor) return [at, 'd', null, 'The connection was refused.'];
      if (row === 1 && index % 29 === 12) return [at, 'g', usual * 3, null];
      if (row === 4 && index === 20) return [at, 'n', null, 'This machine was offline.'];
      return [at, 'u', Math.round(usual * (0.75 + random() * 0.5 + (random() > 0.95 ? 1.4 : 0))), null];
    });
    return [monitor.id, strip];
  });
  return Object.fromEntries(list);
}

function latencyOf(now: number): { bucketMs: number; buckets: Bucket[] } {
  const random = noise(5);
  const bucketMs = 60_000;
  const end = Math.floor(now / bucketMs) * bucketMs;
  const buckets = Array.from({ length: 60 }, (_, index): Bucket => {
    const p50 = 78 + random() * 16 + 14 * Math.sin(index / 9);
    const down = index === 31 || index === 32 ? 1 : 0;
    return {
      at: end - (59 - index) * bucketMs,
      count: 2,
      down,
      p50,
      p95: p50 * 1.35 + random() * 20,
      max: p50 * 1.5 + random() * 70,
    };
  });
  return { bucketMs, buckets };
}

function past(now: number): Incident[] {
  const day = 86_400_000;
  const one = (daysAgo: number, title: string, minutes: number): Incident => {
    const opened = now - daysAgo * day;
    const id = `inc-${iso(opened).slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
    return incidentOf({
      id,
      title,
      state: 'resolved',
      openedAt: iso(opened),
      detectedAt: iso(opened + 5_000),
      resolvedAt: iso(opened + minutes * 60_000),
      durationMs: minutes * 60_000,
      timeline: [
        { at: iso(opened), kind: 'check', text: `${title}.` },
        { at: iso(opened + 300_000), kind: 'note', text: 'Render says Frankfurt.' },
        { at: iso(opened + minutes * 60_000), kind: 'incident', text: 'All monitors are up again.' },
      ],
    });
  };
  return [one(3, 'Log in (reads the database) was down', 61), one(40, 'API (Frankfurt) and 2 others were down', 27)];
}

/** All of them, playing at `now`. */
export function scenes(now: number): Scene[] {
  const fresh = (monitor: MonitorView): MonitorView => ({
    ...monitor,
    since: iso(now - 3_600_000 * 26),
    last: monitor.last && { ...monitor.last, at: iso(now - 4_000) },
  });
  const healthy = ninePanels().map(fresh);
  const replies = {
    'history.strips': stripsOf(healthy, now, 0),
    'history.latency': latencyOf(now),
    'history.incidents': past(now),
    'history.runs': pastRuns(now),
    'dump.list': someDumps(now),
  };
  const green = snapshotOf(healthy, {
    signal: { colour: 'green', reasons: [], since: iso(now - 3_600_000 * 26) },
    levers: leversOf(now),
    traffic: { target: 'primary', verifiedAt: iso(now - 12 * 86_400_000), way: 'promote-twin' },
  });
  const outage = duringOutage(healthy, now);
  const redReplies = { ...replies, 'history.strips': stripsOf(outage.monitors, now, 9) };
  const openFirst = async (page: Page): Promise<void> => {
    await page.locator('.row-open').first().click();
    await page.locator('.uplot').waitFor();
  };
  return [
    { name: 'green', snapshot: green, replies },
    { name: 'red', snapshot: outage, replies: redReplies },
    explainedScene(outage, redReplies, now),
    { name: 'details', snapshot: green, replies, act: openFirst },
    { name: 'details-down', snapshot: outage, replies: redReplies, act: openFirst },
    {
      name: 'amber',
      replies,
      snapshot: {
        ...outage,
        monitors: healthy.map((monitor) => (monitor.id === 'render' ? troubledRender(monitor) : monitor)),
        incidents: [],
        signal: { colour: 'amber', reasons: ['Render reports trouble'], since: iso(now - 300_000) },
        traffic: { target: 'standby', verifiedAt: iso(now - 200_000), way: 'promote-twin' },
        channels: [{ channel: 'slack', state: 'failing', lastSentAt: null, problem: 'Slack answered 404: no_service.' }],
      },
    },
    {
      name: 'offline',
      replies,
      snapshot: {
        ...green,
        monitors: healthy.map((monitor) => ({ ...monitor, status: 'unknown' as const })),
        connectivity: { state: 'offline', since: iso(now - 60_000) },
        signal: { colour: 'grey', reasons: ['This machine has no internet'], since: iso(now - 60_000) },
      },
    },
    {
      name: 'lost',
      snapshot: green,
      replies,
      act: async (page, engine) => {
        await page.locator('.strip').first().waitFor();
        engine.is('away');
        await page.locator('.window[data-live="false"]').waitFor();
      },
    },
    { name: 'no-key', replies: {}, snapshot: green, withoutKey: true },
    { name: 'many', ...manyMonitors(now) },
    ...leverScenes(outage, redReplies, now),
    ...settingsScenes(green, now),
  ];
}

/** One of them, playing now. */
export function sceneOf(name: string): Scene {
  const scene = scenes(Date.now()).find((candidate) => candidate.name === name);
  if (!scene) throw new Error(`there is no scene called ${name}`);
  return scene;
}

function troubledRender(monitor: MonitorView): MonitorView {
  return {
    ...monitor,
    status: 'degraded',
    known: 'degraded',
    last: observationOf('render', {
      atMs: Date.parse(monitor.last?.at ?? ''),
      outcome: 'degraded',
      latencyMs: 190,
      provider: {
        page: 'Render',
        format: 'statuspage',
        severity: 'major',
        components: [
          { name: 'Frankfurt / Web Services', status: 'major_outage' },
          { name: 'Frankfurt / Cron Jobs', status: 'major_outage' },
        ],
        incidents: [
          {
            name: 'Services in Frankfurt are unreachable',
            status: 'investigating',
            impact: 'major',
            url: 'https://status.render.com/incidents/abc',
            startedAt: null,
            lastUpdate: 'We are investigating reports of services in Frankfurt being unreachable.',
            concernsUs: true,
          },
        ],
      },
    }),
  };
}

function duringOutage(healthy: readonly MonitorView[], now: number): Snapshot {
  const began = now - 274_000;
  const at = (seconds: number): string => iso(began + seconds * 1_000);
  const monitors = healthy.map((monitor): MonitorView => {
    if (monitor.id === 'render') return troubledRender(monitor);
    if (monitor.role !== 'api-primary') return monitor;
    const error = { code: 'refused', message: 'The connection was refused: nothing listens on api.example.com:443.' } as const;
    return {
      ...monitor,
      status: 'down',
      known: 'down',
      since: iso(began),
      latencyMs: null,
      uptime: { h24: 99.68, d7: 99.95, d90: 99.94 },
      last: observationOf(monitor.id, { atMs: now - 3_000, outcome: 'down', latencyMs: null, error }),
    };
  });
  const incident = incidentOf({
    title: 'API (Frankfurt) and Log in (reads the database) are down',
    openedAt: iso(began),
    detectedAt: at(5),
    monitors: ['api', 'login'],
    timeline: [
      { at: at(0), kind: 'check', text: 'API (Frankfurt): the connection was refused.' },
      { at: at(5), kind: 'incident', text: 'API (Frankfurt) is down: 2 checks failed in a row.' },
      { at: at(5.4), kind: 'alert', text: 'Desktop notification, Rollbar and Slack were told.' },
      { at: at(11), kind: 'incident', text: 'Log in (reads the database) is down as well.' },
      {
        at: at(64),
        kind: 'provider',
        text: 'Render reports a major outage in Frankfurt: “Services in Frankfurt are unreachable”.',
      },
      { at: at(150), kind: 'note', text: 'Render’s page says Frankfurt; banner text is ready.' },
    ],
  });
  return snapshotOf(monitors, {
    signal: { colour: 'red', reasons: ['API (Frankfurt) is down'], since: at(5) },
    incidents: [incident],
    traffic: { target: 'primary', verifiedAt: at(-900), way: null },
    levers: leversOf(now),
  });
}

function manyMonitors(now: number): Pick<Scene, 'snapshot' | 'replies'> {
  const monitors = Array.from({ length: 40 }, (_, index) =>
    monitorOf(`svc-${index}`, {
      name: `Service ${index + 1}`,
      role: 'other',
      latencyMs: 20 + ((index * 37) % 200),
      last: observationOf(`svc-${index}`, { atMs: now - 2_000 }),
    }),
  );
  const signal = { colour: 'green' as const, reasons: [], since: iso(now - 7_200_000) };
  return { snapshot: snapshotOf(monitors, { signal }), replies: { 'history.strips': stripsOf(monitors, now, 0) } };
}
