// Signalbox's own crash reports: nothing without consent, nothing personal or secret with it.
import { homedir, hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeCrashReports } from '../../../main/alerts/crash-reports.ts';
import { type RollbarStandIn, startRollbar } from '../../../simulator/rollbar.ts';

describe('crash reports', () => {
  let rollbar: RollbarStandIn;
  const make = (enabled = true) =>
    makeCrashReports({ token: rollbar.token, apiUrl: rollbar.url, environment: 'production', version: '0.1.0', enabled });
  beforeEach(async () => {
    rollbar = await startRollbar();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rollbar.stop();
  });

  it('stay at home without consent', async () => {
    await make(false).report(new Error('boom'));
    expect(rollbar.received).toEqual([]);
  });

  it('carry the error and the version, and nothing secret or personal', async () => {
    const error = new Error(`reading postgres://app:hunter2hunter2@db/x in ${homedir()}/notes failed, token=${rollbar.token}`, {
      cause: new Error('authorization: Bearer abcdefghijkl'),
    });
    await make().report(error);
    expect(rollbar.items).toHaveLength(1);
    const body = rollbar.received[0]?.body ?? '';
    expect(JSON.parse(body).data).toMatchObject({ code_version: '0.1.0', environment: 'production', level: 'error' });
    expect(body).toContain('crash-reports.test.ts');
    const withheld = ['hunter2hunter2', 'abcdefghijkl', rollbar.token, `${homedir()}/notes`, `"${hostname()}"`, '"argv"'];
    expect(withheld.filter((secret) => body.includes(secret))).toEqual([]);
  });

  it('never reject, whatever Rollbar does', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await rollbar.fail({ kind: 'refuse' });
    await expect(make().report('a thrown string')).resolves.toBeUndefined();
  });
});
