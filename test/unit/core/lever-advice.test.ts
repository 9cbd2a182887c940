import { describe, expect, it } from 'vitest';
import { primaryIsDown, trafficWarning } from '../../../main/core/lever-advice.ts';
import type { MonitorView } from '../../../shared/snapshot.ts';
import { diagnosisOf, incidentOf, monitorOf, observationOf } from '../../support/view-fixtures.ts';

const host = 'api.example.com:443';
const api = (known: MonitorView['known']) => monitorOf('api', { name: 'API', role: 'api-primary', known, target: host });
const login = (known: MonitorView['known'], code: 'http-status' | 'refused' = 'http-status') =>
  monitorOf('login', {
    ...{ name: 'Log in', role: 'api-primary', known, target: host },
    last: observationOf('login', { outcome: 'down', error: { code, message: 'status 500' } }),
  });
const database = (known: MonitorView['known']) => monitorOf('db', { name: 'Postgres', role: 'database', known });
const diagnosed = (lever: 'traffic' | null, confidence: 'high' | 'low', state: 'open' | 'resolved' = 'open') =>
  incidentOf({
    state,
    diagnosis: diagnosisOf({ sentence: 'The database host has no IPv4 address.', confidence, lever }),
  });

describe('advice on traffic', () => {
  it.each([
    ['database-ipv6-only', 'would not help'],
    ['deploy-broke-it', null],
    ['code-error', null],
    ['only-slow', null],
  ])('while %s stands', (rule, expected) => {
    const incident = incidentOf({ diagnosis: diagnosisOf({ rule, lever: null, confidence: 'medium' }) });
    const warning = trafficWarning({ monitors: [api('down'), database('up')], incidents: [incident] });
    if (expected === null) expect(warning).toBeNull();
    else expect(warning).toContain(expected);
  });

  it.each([
    ['all is well', [api('up'), database('up')], null],
    ['the whole server is down', [api('down'), login('down', 'refused'), database('up')], null],
    ['the database is down', [api('up'), database('down')], 'Postgres is down'],
    ['the server answers and what needs the database fails', [api('up'), login('down'), database('up')], 'behind the server'],
    ['the log-in cannot connect', [api('up'), login('down', 'refused'), database('up')], null],
    ['nothing is known yet', [api(null), database(null)], null],
  ])('%s', (_name, monitors, expected) => {
    const warning = trafficWarning({ monitors, incidents: [] });
    if (expected === null) expect(warning).toBeNull();
    else expect(warning).toContain(expected);
  });

  it.each([
    ['a diagnosis that names no lever', diagnosed(null, 'high'), true],
    ['a diagnosis that names traffic', diagnosed('traffic', 'high'), false],
    ['a guess', diagnosed(null, 'low'), false],
    ['an outage that is over', diagnosed(null, 'high', 'resolved'), false],
  ])('heeds %s: %o', (_name, incident, warns) => {
    expect(trafficWarning({ monitors: [api('down')], incidents: [incident] }) !== null).toBe(warns);
  });

  it('knows when the primary is down', () => {
    expect(primaryIsDown({ monitors: [api('down')] })).toBe(true);
    expect(primaryIsDown({ monitors: [api('degraded'), database('down')] })).toBe(false);
  });
});
