// Snapshots, monitors and incidents as the engine would show them, for tests of what people see. Every builder takes the
// parts that matter to a test and fills in an ordinary rest.
import type { Diagnosis, Incident } from '../../shared/incident.ts';
import { type DumpFile, type LeversView, noLevers, type Offer } from '../../shared/lever.ts';
import type { Role } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Run } from '../../shared/run.ts';
import type { Colour, MonitorView, Snapshot } from '../../shared/snapshot.ts';

/** The moment at which fixtures play: 14:00:00 UTC on the day of REPLAYS.md A. */
export const playedAt = Date.parse('2023-07-09T14:00:00.000Z');

export const iso = (at: number): string => new Date(at).toISOString();

export function observationOf(monitorId: string, parts: Partial<Observation> & { readonly atMs?: number } = {}): Observation {
  const { atMs = playedAt - 4_000, ...rest } = parts;
  return { monitorId, at: iso(atMs), outcome: 'up', latencyMs: 84, ...rest };
}

export function monitorOf(id: string, parts: Partial<MonitorView> = {}): MonitorView {
  return {
    id,
    name: id,
    kind: 'http',
    role: 'other',
    target: `${id}.example.com:443`,
    intervalMs: 30_000,
    status: 'up',
    known: 'up',
    since: iso(playedAt - 3_600_000),
    latencyMs: 84,
    uptime: { h24: 100, d7: 99.98, d90: 99.95 },
    coverage: { h24: 100, d7: 99, d90: 97 },
    pausedUntil: null,
    inMaintenance: false,
    last: observationOf(id),
    notices: [],
    ...parts,
  };
}

export function downMonitorOf(id: string, parts: Partial<MonitorView> = {}): MonitorView {
  return monitorOf(id, {
    status: 'down',
    known: 'down',
    since: iso(playedAt + 12_000),
    latencyMs: null,
    last: observationOf(id, {
      outcome: 'down',
      latencyMs: null,
      error: { code: 'refused', message: 'The connection was refused: nothing listens there.' },
    }),
    ...parts,
  });
}

/** A diagnosis that nothing speaks against. */
export function diagnosisOf(parts: Partial<Diagnosis> = {}): Diagnosis {
  return {
    rule: 'dns-gone',
    sentence: 'The name no longer resolves.',
    confidence: 'high',
    evidence: [],
    against: [],
    others: [],
    suggestion: null,
    lever: null,
    ...parts,
  };
}

export function incidentOf(parts: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-20230709-140012',
    state: 'open',
    title: 'API (Frankfurt) is down',
    openedAt: iso(playedAt + 12_000),
    detectedAt: iso(playedAt + 17_000),
    acknowledgedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    durationMs: 5_000,
    flapping: false,
    monitors: ['api'],
    diagnosis: null,
    evidence: [],
    timeline: [
      { at: iso(playedAt + 12_000), kind: 'check', text: 'API (Frankfurt): the connection was refused.' },
      { at: iso(playedAt + 17_000), kind: 'incident', text: 'Incident opened: API (Frankfurt) is down.' },
      { at: iso(playedAt + 17_400), kind: 'alert', text: 'Desktop notification sent.' },
    ],
    ...parts,
  };
}

export function snapshotOf(
  monitors: readonly MonitorView[],
  parts: Partial<Snapshot> & { readonly colour?: Colour } = {},
): Snapshot {
  const { colour = 'green', ...rest } = parts;
  return {
    revision: 1,
    at: iso(playedAt),
    app: { name: 'Nine Panels', environment: 'production' },
    engine: {
      version: '0.1.0',
      face: 'headless',
      startedAt: iso(playedAt - 86_400_000),
      pausedUntil: null,
      settingsFile: '/home/dev/.config/signalbox/settings.json',
      settingsProblem: null,
    },
    signal: { colour, reasons: [], since: iso(playedAt - 3_600_000) },
    connectivity: { state: 'online', since: iso(playedAt - 3_600_000) },
    monitors: [...monitors],
    incidents: [],
    channels: [
      { channel: 'desktop', state: 'ready', lastSentAt: null, problem: null },
      { channel: 'slack', state: 'ready', lastSentAt: null, problem: null },
    ],
    traffic: { target: 'unknown', verifiedAt: null, way: null },
    banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
    levers: noLevers,
    runs: [],
    ...rest,
  };
}

/** The first user's line (REPLAYS.md, "the stack as it was"). */
export function ninePanels(): MonitorView[] {
  const on = (id: string, name: string, role: Role, parts: Partial<MonitorView> = {}): MonitorView =>
    monitorOf(id, { name, role, ...parts });
  return [
    on('api', 'API (Frankfurt)', 'api-primary', { target: 'api.example.com:443', last: healthyHttp('api') }),
    on('login', 'Log in (reads the database)', 'api-primary', { target: 'api.example.com:443', latencyMs: 212 }),
    on('standby', 'API (Oregon, free)', 'api-standby', {
      target: 'standby.example.com:443',
      latencyMs: 341,
      intervalMs: 3_600_000,
    }),
    on('db', 'Postgres', 'database', {
      kind: 'postgres',
      target: 'db.example.com:5432',
      latencyMs: 61,
      last: healthyPostgres('db'),
    }),
    on('web', 'Front end', 'frontend', { target: 'example.com:443', latencyMs: 47 }),
    on('render', 'Render', 'provider', {
      kind: 'status-page',
      target: 'status.render.com',
      latencyMs: 190,
      last: page('render'),
    }),
  ];
}

function healthyHttp(id: string): Observation {
  return observationOf(id, {
    phases: { dnsMs: 3.1, tcpMs: 11.4, tlsMs: 24.2, firstByteMs: 45.3 },
    status: 200,
    address: '203.0.113.7',
    certificate: { host: 'api.example.com', expiresAt: iso(playedAt + 61 * 86_400_000), daysLeft: 61 },
  });
}

function healthyPostgres(id: string): Observation {
  return observationOf(id, {
    latencyMs: 61,
    phases: { dnsMs: 2, tcpMs: 9, tlsMs: 21, loginMs: 24, queryMs: 5 },
    families: { ipv4: true, ipv6: null },
    serverVersion: '15.8',
  });
}

function page(id: string): Observation {
  return observationOf(id, {
    latencyMs: 190,
    provider: {
      page: 'Render',
      format: 'statuspage',
      severity: 'none',
      components: [{ name: 'Frankfurt / Web Services', status: 'operational' }],
      incidents: [],
    },
  });
}

/** Every lever set up and at rest, as on a good day at `now` (epoch milliseconds). */
export function leversOf(now = playedAt, parts: Partial<LeversView> = {}): LeversView {
  const ready = { ready: true, problem: null };
  return {
    banner: { ...ready, way: 'global-config' },
    traffic: {
      ...ready,
      primary: 'https://api.example.com',
      standby: 'https://standby.example.com',
      ways: ['promote-twin', 'vercel-env'],
      automation: 'off',
      warning: null,
      suggestion: null,
      twin: { state: 'fresh', sentence: 'The twin is of the live commit 4f2a91c.' },
    },
    dump: {
      ...ready,
      directory: '~/dumps',
      last: { name: 'nine-panels-20230709-110000.dump', at: iso(now - 3 * 3_600_000), bytes: 41_800_000 },
    },
    drill: { ...ready, lastAt: iso(now - 12 * 86_400_000), overdue: false },
    ...parts,
  };
}

/** Traffic on its way to the standby, in its second step since 20 s. */
export function runOf(parts: Partial<Run> & { readonly atMs?: number } = {}): Run {
  const { atMs = playedAt - 60_000, ...rest } = parts;
  const at = (seconds: number): string => iso(atMs + seconds * 1_000);
  return {
    id: 'run-20230709-135900',
    action: 'traffic',
    title: 'Traffic to the standby',
    by: 'window',
    state: 'running',
    startedAt: at(0),
    finishedAt: null,
    steps: [
      { name: 'Wake the standby', state: 'succeeded', startedAt: at(0), finishedAt: at(38), detail: 'Answered after 38 s.' },
      { name: 'Set VITE_SERVER_ROOT', state: 'succeeded', startedAt: at(38), finishedAt: at(39.2) },
      { name: 'Promote the twin', state: 'running', startedAt: at(40), finishedAt: null },
      { name: 'See it in production', state: 'waiting', startedAt: null, finishedAt: null },
    ],
    ...rest,
  };
}

export function offerOf(parts: Partial<Offer> = {}): Offer {
  return {
    title: 'Traffic to the standby',
    changes: ['VITE_SERVER_ROOT (production) becomes https://standby.example.com; it was https://api.example.com.'],
    findings: [],
    refusal: null,
    forceable: false,
    asks: true,
    token: 'offer-1',
    expiresAt: iso(Date.now() + 120_000),
    ...parts,
  };
}

export function dumpOf(name: string, parts: Partial<DumpFile> = {}): DumpFile {
  return {
    name,
    path: `/home/dev/dumps/${name}`,
    at: iso(playedAt - 3 * 3_600_000),
    bytes: 41_800_000,
    sha256: null,
    tables: 9,
    mode: 'data-only',
    encrypted: false,
    verifiedAt: null,
    problem: null,
    ...parts,
  };
}
