// Values for tests of the history: small, complete, and different only where a test says so.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Alert, IncidentState, MonitorState } from '../../main/core/model.ts';
import type { Commit } from '../../main/engine/ports.ts';
import type { Observation } from '../../shared/observation.ts';

/** An empty folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const noon = Date.parse('2026-11-23T12:00:00.000Z');

export function seen(monitorId: string, at: number, rest: Partial<Observation> = {}): Observation {
  return { monitorId, at: new Date(at).toISOString(), outcome: 'up', latencyMs: 20, ...rest };
}

export function monitor(id: string, rest: Partial<MonitorState> = {}): MonitorState {
  return {
    id,
    status: 'up',
    since: noon,
    known: 'up',
    failures: 0,
    successes: 1,
    slow: 0,
    firstFailureAt: null,
    firstSuccessAt: null,
    awaitingWitness: false,
    lastAt: noon,
    lastSuccessAt: noon,
    lastError: null,
    span: { kind: 'up', from: noon },
    pausedUntil: null,
    ...rest,
  };
}

export function incident(id: string, rest: Partial<IncidentState> = {}): IncidentState {
  return {
    id,
    state: 'open',
    title: 'API is down',
    openedAt: noon,
    detectedAt: noon + 5_000,
    acknowledgedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    monitors: ['api'],
    lastJoinedAt: noon,
    goodSince: null,
    relapses: 0,
    changes: [{ monitorId: 'api', at: noon }],
    flapping: false,
    announced: 'open',
    alerts: 1,
    lastAlertAt: noon + 5_000,
    diagnosis: null,
    evidence: [],
    timeline: [{ at: new Date(noon).toISOString(), kind: 'incident', text: 'API stopped answering' }],
    ...rest,
  };
}

export function alert(key: string, rest: Partial<Alert> = {}): Alert {
  return {
    key,
    kind: 'opened',
    at: noon,
    incidentId: 'inc-20261123-120000',
    title: 'API is down',
    text: 'API is down since 12:00',
    openedAt: noon,
    durationMs: 0,
    monitors: ['api'],
    ...rest,
  };
}

export function commit(rest: Partial<Commit>): Commit {
  return { observations: [], monitors: [], incidents: [], spans: [], deliveries: [], engine: null, wishes: [], ...rest };
}
