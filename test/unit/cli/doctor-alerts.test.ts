import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../main/cli/commands/doctor.ts';
import type { Services } from '../../../main/cli/services.ts';
import { FaultError } from '../../../shared/fault.ts';
import { sampleObservation } from '../ipc/samples.ts';
import { fakeSecrets, settingsOf, signalbox } from './harness.ts';

const slack = settingsOf({
  monitors: [{ id: 'api', kind: 'http' }],
  alerts: { slack: { webhook: '${secret:slack-webhook}' }, rollbar: { token: '${secret:rollbar-token}', enabled: false } },
  dump: { connection: 'x', directory: 'd', pgDump: 'surely-no-such-program' },
});
const withSlack: Partial<Services> = {
  openSettings: async () => ({ settings: slack, file: 's.json' }),
  secretsAt: () => fakeSecrets({ 'slack-webhook': 'https://example.com/x' }),
};

describe('alerts test', () => {
  it('tries every channel that is switched on', async () => {
    const answer = await signalbox(['alerts', 'test', '--json'], { services: withSlack });
    expect(answer.code).toBe(0);
    expect(answer.json()).toEqual([
      { channel: 'desktop', ok: true, message: 'Delivered.' },
      { channel: 'slack', ok: true, message: 'Delivered.' },
    ]);
  });

  it('ends with 3 when one is refused', async () => {
    const testAlert = async () => ({ ok: false, message: 'Slack answered 404: no_service' });
    const answer = await signalbox(['alerts', 'test', 'slack'], { services: { ...withSlack, testAlert } });
    expect(answer).toMatchObject({ code: 3, stdout: '■ Failed  Slack  Slack answered 404: no_service\n' });
  });

  it.each([
    ['rollbar', 'not-configured', withSlack],
    ['slack', 'secret-missing', { ...withSlack, secretsAt: () => fakeSecrets() }],
  ])('ends with 2 for %s: %s', async (channel, code, services) => {
    const answer = await signalbox(['alerts', 'test', channel, '--json'], { services });
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code } });
  });
});

const examine = async (services: Partial<Services>) => {
  const answer = await signalbox(['doctor', '--json'], { services });
  const findings = answer.json() as readonly Finding[];
  return { code: answer.code, of: (subject: string) => findings.find((finding) => finding.subject === subject) };
};

describe('doctor', () => {
  it('finds each part in order', async () => {
    const settings = settingsOf({ monitors: [{ id: 'api', kind: 'http', url: '${secret:slack-webhook}' }] });
    const { code, of } = await examine({ ...withSlack, openSettings: async () => ({ settings, file: 's.json' }) });
    expect(code).toBe(0);
    for (const subject of ['settings', 'data folder', 'keychain', 'secret slack-webhook', 'monitor api']) {
      expect(of(subject), subject).toMatchObject({ level: 'ok' });
    }
    expect(of('alerts by desktop notification')).toMatchObject({ level: 'ok' });
  });

  it('goes on past broken settings and a folder that cannot be written', async () => {
    const fault = (code: string) => () => Promise.reject(new FaultError({ code, message: `${code}.`, next: 'Do this.' }));
    const { code, of } = await examine({ openSettings: fault('settings-invalid'), openBook: fault('data-folder') });
    expect(code).toBe(1);
    expect(of('settings')).toMatchObject({ level: 'bad', message: 'settings-invalid.', next: 'Do this.' });
    expect(of('data folder')).toMatchObject({ level: 'bad' });
    expect(of('keychain')).toMatchObject({ level: 'ok' });
  });

  it('calls a locked keychain bad, and only a warning when every needed secret comes from the environment', async () => {
    const refuse = () =>
      Promise.reject(new FaultError({ code: 'keychain-locked', message: 'It is locked.', next: 'Unlock it.' }));
    const keychain = async () => ({ state: 'locked', name: 'Secret Service', problem: 'It is locked.' });
    const asked = await examine({ ...withSlack, secretsAt: () => ({ ...fakeSecrets(), get: refuse, keychain }) });
    expect(asked.code).toBe(1);
    expect(asked.of('keychain')).toMatchObject({ level: 'bad', message: 'It is locked.' });
    expect(asked.of('secret slack-webhook')).toMatchObject({ level: 'bad', next: 'Unlock it.' });
    const environment = { 'slack-webhook': 'x', 'rollbar-token': 'y' };
    const covered = await examine({ ...withSlack, secretsAt: () => ({ ...fakeSecrets({}, environment), keychain }) });
    expect(covered.of('keychain')).toMatchObject({ level: 'warn' });
  });

  it('calls pg_dump missing bad only when dumps are set up', async () => {
    expect((await examine(withSlack)).of('pg_dump')).toMatchObject({ level: 'bad' });
    const settings = settingsOf({ monitors: [{ id: 'api', kind: 'http' }] });
    const other = await examine({ openSettings: async () => ({ settings, file: 's' }) });
    expect(['ok', 'warn']).toContain(other.of('pg_dump')?.level);
  });

  it('tells what is down, what cannot be read and which secret is missing', async () => {
    const error = { code: 'dns', message: 'There is no such host.' } as const;
    const services = {
      ...withSlack,
      secretsAt: () => fakeSecrets(),
      check: async () => sampleObservation({ outcome: 'down', error }),
    };
    const { code, of } = await examine(services);
    expect(code).toBe(1);
    expect(of('monitor api')).toEqual({
      subject: 'monitor api',
      level: 'bad',
      message: 'There is no such host.',
      next: 'Try it alone: signalbox check api',
    });
    expect(of('secret slack-webhook')).toMatchObject({ level: 'bad' });
    expect(of('alerts by Slack')).toMatchObject({ level: 'bad' });
    // Rollbar is switched off: its secret is not needed now.
    expect(of('secret rollbar-token')).toMatchObject({ level: 'warn' });
  });

  it('shows people a lamp, a word and the next step', async () => {
    const { stdout } = await signalbox(['doctor'], { services: { ...withSlack, secretsAt: () => fakeSecrets() } });
    expect(stdout).toMatch(/^■ bad {3}secret slack-webhook: Not set\.\n {8}Store it with: signalbox secret set slack-webhook/m);
  });
});
