import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../shared/fault.ts';
import { at } from '../ipc/samples.ts';
import { fakeSecrets, signalbox } from './harness.ts';

const canary = 'canary-value-of-a-secret';

describe('secret set', () => {
  it.each([
    ['without a line break', canary],
    ['with one', `${canary}\n`],
    ['with a Windows one', `${canary}\r\n`],
  ])('stores what comes in %s and never says it', async (_how, stdin) => {
    const held: Record<string, string> = {};
    const answer = await signalbox(['secret', 'set', 'rollbar-token'], {
      services: { secretsAt: () => fakeSecrets(held) },
      stdin,
    });
    expect(answer.code).toBe(0);
    expect(held).toEqual({ 'rollbar-token': canary });
    expect(answer.stdout + answer.stderr).not.toContain(canary);
  });

  it('keeps inner line breaks and takes off only one at the end', async () => {
    const held: Record<string, string> = {};
    await signalbox(['secret', 'set', 'key'], { services: { secretsAt: () => fakeSecrets(held) }, stdin: 'a\nb\n\n' });
    expect(held.key).toBe('a\nb\n');
  });

  it.each([
    ['nothing', '', 'secret-empty'],
    ['a lone line break', '\n', 'secret-empty'],
    ['too much', 'x'.repeat(65_537), 'secret-unfit'],
    ['no text', Buffer.from([0xff, 0xfe, 0x41]), 'secret-unfit'],
    ['a NUL', 'a\0b', 'secret-unfit'],
  ])('refuses %s', async (_what, stdin, code) => {
    const held: Record<string, string> = {};
    const answer = await signalbox(['secret', 'set', 'key', '--json'], {
      services: { secretsAt: () => fakeSecrets(held) },
      stdin,
    });
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(held).toEqual({});
  });

  it('refuses a name that is none, without repeating it', async () => {
    const answer = await signalbox(['secret', 'set', 'Canary=Value'], { stdin: 'x' });
    expect(answer.code).toBe(2);
    expect(answer.stderr).not.toContain('Canary=Value');
  });

  it('warns when a variable in the environment wins over it', async () => {
    const secrets = fakeSecrets({}, { 'rollbar-token': 'other' });
    const answer = await signalbox(['secret', 'set', 'rollbar-token', '--json'], {
      services: { secretsAt: () => secrets },
      stdin: canary,
    });
    expect(answer.stderr).toContain('SIGNALBOX_SECRET_ROLLBAR_TOKEN');
    expect(answer.json()).toEqual({ name: 'rollbar-token', stored: true, source: 'environment' });
  });

  it('ends with 2 where there is no keychain', async () => {
    const fault = new FaultError({ code: 'keychain-absent', message: 'There is no keychain.', next: 'Use the environment.' });
    const secrets = { ...fakeSecrets(), set: () => Promise.reject(fault) };
    const answer = await signalbox(['secret', 'set', 'key', '--json'], {
      services: { secretsAt: () => secrets },
      stdin: canary,
    });
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code: 'keychain-absent' } });
  });
});

describe('secret list', () => {
  it('shows names and sources, what is missing and what is not used', async () => {
    const secrets = fakeSecrets({ old: canary });
    const answer = await signalbox(['secret', 'list', '--json'], { services: { secretsAt: () => secrets } });
    expect(answer.json()).toEqual([
      { name: 'database-url', source: null, setAt: null, used: true },
      { name: 'old', source: 'keychain', setAt: at, used: false },
    ]);
    const people = await signalbox(['secret', 'list'], { services: { secretsAt: () => secrets } });
    expect(people.stdout).toBe('■ missing   database-url\n● keychain  old           set 03:04:05  not used by the settings\n');
  });

  it('still lists beside settings that cannot be read', async () => {
    const openSettings = () => Promise.reject(new FaultError({ code: 'settings-invalid', message: 'Bad JSON.', next: '' }));
    const answer = await signalbox(['secret', 'list', '--json'], {
      services: { openSettings, secretsAt: () => fakeSecrets({ a: canary }) },
    });
    expect(answer.code).toBe(0);
    expect(answer.json()).toEqual([{ name: 'a', source: 'keychain', setAt: at, used: false }]);
    expect(answer.stderr).toContain('Bad JSON.');
  });
});

describe('secret delete', () => {
  it('deletes, and ends with 1 when there was none', async () => {
    const held = { a: canary };
    const services = { secretsAt: () => fakeSecrets(held) };
    expect((await signalbox(['secret', 'delete', 'a'], { services })).code).toBe(0);
    expect(held).toEqual({});
    expect((await signalbox(['secret', 'delete', 'a'], { services })).code).toBe(1);
  });
});
