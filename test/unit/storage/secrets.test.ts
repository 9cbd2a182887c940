// Order of sources, caching, retries and wording of secrets, over a keychain made of a Map.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AskKeychain } from '../../../main/engine/ports.ts';
import { type KeychainLimits, openKeychain } from '../../../main/storage/keychain.ts';
import { openSecrets, secretVariable } from '../../../main/storage/secrets.ts';
import { noon, temporaryFolder } from '../../support/history-values.ts';

const limits: KeychainLimits = { readMs: 1_000, writeMs: 1_000, retryMs: [1, 1], restMs: 60_000 };

function setUp(options: { readonly env?: Record<string, string>; readonly troubles?: (string | null)[] } = {}) {
  const held = new Map<string, string>();
  const asked: string[] = [];
  const troubles = options.troubles ?? [];
  const ask: AskKeychain = async (question) => {
    asked.push(`${question.operation} ${question.name}`);
    const trouble = troubles.shift();
    if (trouble) throw new Error(trouble);
    if (question.operation === 'get') return held.get(question.name) ?? null;
    if (question.operation === 'delete') return held.delete(question.name);
    return void held.set(question.name, question.value);
  };
  const clock = { at: noon };
  const folder = temporaryFolder();
  const keychain = openKeychain({}, limits, ask);
  const secrets = openSecrets({ env: options.env ?? {}, folder, keychain, now: () => clock.at });
  return { secrets, held, asked, clock, folder };
}

describe('a secret', () => {
  it('comes from the environment before the keychain, which is then not asked', async () => {
    const { secrets, asked } = setUp({ env: { SIGNALBOX_SECRET_DB_URL: 'outside', SIGNALBOX_SECRET_EMPTY: '' } });
    expect(await secrets.get('db.url')).toEqual({ value: 'outside', source: 'environment' });
    expect(asked).toEqual([]);
    expect(await secrets.get('empty')).toBeNull();
    expect(asked).toEqual(['get empty']);
    expect(secrets.knownValues()).toEqual(['outside']);
  });

  it('has an environment variable named after it', () => {
    expect(secretVariable('rollbar-token')).toBe('SIGNALBOX_SECRET_ROLLBAR_TOKEN');
    expect(secretVariable('a.b_c-1')).toBe('SIGNALBOX_SECRET_A_B_C_1');
  });

  it('is read once by many checks, and again after ten minutes', async () => {
    const { secrets, held, asked, clock } = setUp();
    held.set('token', 'one');
    await Promise.all([secrets.get('token'), secrets.get('token')]);
    held.set('token', 'two');
    clock.at += 599_000;
    expect((await secrets.get('token'))?.value).toBe('one');
    expect(asked).toEqual(['get token']);
    clock.at += 1_000;
    expect((await secrets.get('token'))?.value).toBe('two');
  });

  it('once set or deleted is read anew', async () => {
    const { secrets } = setUp();
    expect(await secrets.get('token')).toBeNull();
    await secrets.set('token', 'one');
    expect((await secrets.get('token'))?.value).toBe('one');
    expect(await secrets.delete('token')).toBe(true);
    expect(await secrets.get('token')).toBeNull();
  });

  it('must have a name that settings can refer to', async () => {
    const { secrets } = setUp();
    await expect(secrets.set('No Spaces', 'x')).rejects.toMatchObject({ code: 'secret-name' });
    await expect(secrets.get('../etc')).rejects.toMatchObject({ code: 'secret-name' });
  });
});

describe('a keychain that fails', () => {
  it('for a moment is asked again', async () => {
    const { secrets, held, asked } = setUp({ troubles: ['Attribute out of luck', 'Did not receive a reply'] });
    held.set('token', 'one');
    expect((await secrets.get('token'))?.value).toBe('one');
    expect(asked).toHaveLength(3);
  });

  it('for longer is reported as such, then left alone for a while', async () => {
    const { secrets, asked } = setUp({ troubles: Array<string>(9).fill('DBus error: Did not receive a reply') });
    const wanted = { code: 'keychain-unavailable', message: expect.stringContaining('it did not reply') };
    await expect(secrets.get('token')).rejects.toMatchObject(wanted);
    await expect(secrets.get('token')).rejects.toMatchObject(wanted);
    expect(asked).toHaveLength(3);
    expect((await secrets.keychain()).state).toBe('unavailable');
    expect(asked.length).toBeGreaterThan(3);
  });

  it('because it is locked is asked once, and again as soon as somebody sets a secret', async () => {
    const locked = "Couldn't access platform storage: Secret Service: unlock prompt was dismissed";
    const { secrets, asked } = setUp({ troubles: [locked] });
    await expect(secrets.get('token')).rejects.toMatchObject({ code: 'keychain-locked' });
    await expect(secrets.get('token')).rejects.toMatchObject({ code: 'keychain-locked' });
    expect(asked).toEqual(['get token']);
    await secrets.set('token', 'one');
    expect((await secrets.get('token'))?.value).toBe('one');
  });

  it('because it cannot be loaded or has no keyring is absent', async () => {
    for (const trouble of ['cannot load: libdbus', "Couldn't access platform storage: Secret Service: no result found"]) {
      const { secrets } = setUp({ troubles: [trouble] });
      await expect(secrets.get('token')).rejects.toMatchObject({ code: 'keychain-absent' });
    }
  });
});

describe('the list of secrets', () => {
  it('names what was set here and what of the asked ones is in the environment, never a value', async () => {
    const { secrets } = setUp({ env: { SIGNALBOX_SECRET_B: 'outside', SIGNALBOX_SECRET_C: 'outside' } });
    await secrets.set('a', 'one');
    await secrets.set('b', 'hidden');
    expect(await secrets.list(['c', 'd'])).toEqual([
      { name: 'a', source: 'keychain', setAt: '2026-11-23T12:00:00.000Z' },
      { name: 'b', source: 'environment', setAt: null },
      { name: 'c', source: 'environment', setAt: null },
    ]);
  });

  it('that is damaged is told, and secrets are still read', async () => {
    const { secrets, held, folder } = setUp();
    held.set('token', 'one');
    writeFileSync(join(folder, 'secrets.json'), '{');
    await expect(secrets.list()).rejects.toMatchObject({ code: 'secrets-index', next: expect.stringContaining('Delete it') });
    expect((await secrets.get('token'))?.value).toBe('one');
  });
});
