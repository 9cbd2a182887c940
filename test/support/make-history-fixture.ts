// Makes test/fixtures/history/v<version>.db with the code at hand. Run once when a version of the history is released
// (`node test/support/make-history-fixture.ts`), then keep the file as it is: later programs must open it.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { IncidentState, MonitorState } from '../../main/core/model.ts';
import { openHistory } from '../../main/storage/history.ts';
import { migrations } from '../../main/storage/migrations.ts';

const noon = Date.parse('2026-11-23T12:00:00.000Z');
const iso = (at: number): string => new Date(at).toISOString();
const incidentId = 'inc-20261123-113000';
const folder = mkdtempSync(join(tmpdir(), 'signalbox-fixture-'));
const history = openHistory(folder, { now: () => noon });

const api: MonitorState = {
  id: 'api',
  status: 'down',
  since: noon - 1_800_000,
  known: 'down',
  failures: 60,
  successes: 0,
  slow: 0,
  firstFailureAt: noon - 1_800_000,
  firstSuccessAt: null,
  awaitingWitness: false,
  lastAt: noon,
  lastSuccessAt: noon - 1_830_000,
  lastError: 'connection refused',
  span: { kind: 'down', from: noon - 1_800_000 },
  pausedUntil: null,
};
const open: IncidentState = {
  id: incidentId,
  state: 'open',
  title: 'API is down',
  openedAt: noon - 1_800_000,
  detectedAt: noon - 1_795_000,
  acknowledgedAt: null,
  mitigatedAt: null,
  resolvedAt: null,
  monitors: ['api'],
  lastJoinedAt: noon - 1_800_000,
  goodSince: null,
  relapses: 0,
  changes: [{ monitorId: 'api', at: noon - 1_800_000 }],
  flapping: false,
  announced: 'open',
  alerts: 1,
  lastAlertAt: noon - 1_795_000,
  diagnosis: null,
  evidence: [],
  timeline: [
    { at: iso(noon - 1_800_000), kind: 'check', text: 'API refused the connection' },
    { at: iso(noon - 1_795_000), kind: 'incident', text: 'API is down', data: { monitors: ['api'] } },
  ],
};

history.commit({
  observations: [
    {
      monitorId: 'api',
      at: iso(noon - 1_830_000),
      outcome: 'up',
      latencyMs: 41.5,
      phases: { tcpMs: 1.5, firstByteMs: 40 },
      address: '192.0.2.1',
      status: 200,
    },
    {
      monitorId: 'api',
      at: iso(noon - 1_800_000),
      outcome: 'down',
      latencyMs: null,
      error: { code: 'refused', message: 'connection refused' },
    },
  ],
  monitors: [api],
  incidents: [open],
  spans: [{ monitorId: 'api', kind: 'up', from: noon - 7_200_000, to: noon - 1_800_000 }],
  deliveries: [
    {
      channel: 'slack',
      alert: {
        key: `${incidentId}/1`,
        kind: 'opened',
        at: noon - 1_795_000,
        incidentId,
        title: 'API is down',
        text: 'API is down since 11:30',
        openedAt: noon - 1_800_000,
        durationMs: 5_000,
        monitors: ['api'],
      },
    },
  ],
  engine: {
    signal: { colour: 'red', since: noon - 1_795_000, reasons: ['API is down'] },
    connectivity: { state: 'online', since: noon - 7_200_000 },
    pausedUntil: null,
    certificates: { 'api.example.com': { expiresAt: '2027-01-01T00:00:00.000Z', seenAt: noon, warnedDays: null } },
    failingChannels: [],
    settingsProblem: null,
  },
  wishes: [],
});
history.addWish({ type: 'acknowledge', incidentId }, noon);
history.addWish({ type: 'acted', doneAt: noon, incidentIds: [incidentId], text: 'Banner is up.', mitigates: true }, noon);
history.journal.save({
  run: {
    id: 'run-20261123-114000-0a1b',
    action: 'traffic',
    title: 'Traffic to the standby',
    by: 'command',
    state: 'interrupted',
    startedAt: iso(noon - 1_200_000),
    finishedAt: null,
    steps: [{ name: 'Wake the standby', state: 'running', startedAt: iso(noon - 1_200_000), finishedAt: null }],
    offers: ['resume'],
  },
  request: { action: 'traffic', to: 'standby', force: false },
  by: 'command',
  direction: 'forward',
  incidentIds: [incidentId],
  memory: { before: 'https://api.example.com' },
});
history.journal.remember('traffic', {
  target: 'primary',
  way: 'promote-twin',
  verifiedAt: noon - 7_200_000,
  at: noon - 7_200_000,
});
history.close();

// Small pages keep the fixture small; the program does not care.
const sql = new DatabaseSync(history.file);
sql.exec('PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM;');
sql.close();
const fixture = fileURLToPath(new URL(`../fixtures/history/v${migrations.length}.db`, import.meta.url));
copyFileSync(history.file, fixture);
rmSync(folder, { recursive: true });
