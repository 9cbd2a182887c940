// Small valid values of the contract for tests of the pipe and of the command line.

import type { Incident } from '../../../shared/incident.ts';
import { noLevers } from '../../../shared/lever.ts';
import type { Observation } from '../../../shared/observation.ts';
import type { MonitorView, Snapshot } from '../../../shared/snapshot.ts';

export const at = '2026-01-02T03:04:05.678Z';

export function sampleObservation(change: Partial<Observation> = {}): Observation {
  return { monitorId: 'api', at, outcome: 'up', latencyMs: 42, ...change };
}

export function sampleMonitor(change: Partial<MonitorView> = {}): MonitorView {
  return {
    id: 'api',
    name: 'API (Frankfurt)',
    kind: 'http',
    role: 'api-primary',
    target: 'api.example.com:443',
    intervalMs: 30_000,
    status: 'up',
    known: 'up',
    since: at,
    latencyMs: 42,
    uptime: { h24: 100, d7: 99.5, d90: null },
    coverage: { h24: 97, d7: 50, d90: null },
    pausedUntil: null,
    inMaintenance: false,
    last: sampleObservation(),
    notices: [],
    ...change,
  };
}

export function sampleIncident(change: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-20260102-030405',
    state: 'open',
    title: 'API (Frankfurt) is down',
    openedAt: at,
    detectedAt: at,
    acknowledgedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    durationMs: 61_000,
    flapping: false,
    monitors: ['api'],
    diagnosis: null,
    evidence: [],
    timeline: [{ at, kind: 'check', text: 'API (Frankfurt) refused the connection.' }],
    ...change,
  };
}

export function sampleSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    revision: 7,
    at,
    app: { name: 'Nine Panels', environment: 'production' },
    engine: {
      version: '0.1.0',
      face: 'headless',
      startedAt: at,
      pausedUntil: null,
      settingsFile: 'settings.json',
      settingsProblem: null,
    },
    signal: { colour: 'green', reasons: [], since: at },
    connectivity: { state: 'online', since: at },
    monitors: [sampleMonitor()],
    incidents: [],
    channels: [{ channel: 'desktop', state: 'ready', lastSentAt: null, problem: null }],
    traffic: { target: 'unknown', verifiedAt: null, way: null },
    banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
    levers: noLevers,
    runs: [],
    ...change,
  };
}
