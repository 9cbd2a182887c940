// The tray app's keychain helper as it is built, dist/main/keychain.mjs, in a process of its own, against a real gnome-keyring
// (SECURITY S-32).
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keychainProcess } from '../../../main/electron/keychain-process.ts';
import { type KeychainLimits, openKeychain } from '../../../main/storage/keychain.ts';
import { buildPart } from '../../support/build-part.ts';
import { fakeUtilityProcess } from '../../support/fake-electron/helper.ts';
import { isAlive } from '../../support/journeys/desktop.ts';
import { type KeyringSession, keychainMissing, keyringSession } from '../../support/keychain.ts';

const missing = keychainMissing();
if (missing) console.warn(`LEFT OUT: every test of the tray app's keychain helper, because ${missing}.`);

// Inside the repository, so that the bundle finds the native module as it does in dist/main.
const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
mkdirSync(dist, { recursive: true });
const folder = mkdtempSync(join(dist, 'keychain-'));
const program = join(folder, 'keychain.mjs');
const limits: KeychainLimits = { readMs: 1_000, writeMs: 5_000, retryMs: [10], restMs: 0 };

beforeAll(() => buildPart('main', folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function helper(env: KeyringSession['env']) {
  const utilityProcess = fakeUtilityProcess({ ...env });
  const process = keychainProcess(utilityProcess, program);
  onTestFinished(() => process.end());
  return { utilityProcess, process, keychain: openKeychain(env, limits, process.ask) };
}

describe.skipIf(missing !== null)('the keychain helper of the tray app', () => {
  const session = async (options: Parameters<typeof keyringSession>[0] = {}): Promise<KeyringSession> => {
    const opened = await keyringSession(options);
    onTestFinished(() => opened.close());
    return opened;
  };

  it('keeps, reads and forgets a secret, in one process that says what it is', async () => {
    const bus = await session();
    await bus.start('unlocked');
    const { keychain, utilityProcess } = helper(bus.env);
    expect(await keychain.get('helped')).toBeNull();
    await keychain.set('helped', 'canary-ü');
    expect(await keychain.get('helped')).toBe('canary-ü');
    expect(await keychain.delete('helped')).toBe(true);
    expect(await keychain.delete('helped')).toBe(false);
    expect(utilityProcess.serviceNames).toEqual(['Signalbox keychain']);
  });

  it('is refused where there is no keychain', async () => {
    const { keychain } = helper({ PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: `unix:path=${tmpdir()}/nowhere` });
    await expect(keychain.set('helped', 'x')).rejects.toMatchObject({ trouble: 'absent' });
  });

  it('that hangs in a prompt is ended at its limit, and the next question gets a new one', async () => {
    const bus = await session({ prompter: 'hangs' });
    await bus.start('unlocked');
    const first = helper(bus.env);
    await first.keychain.set('helped', 'x');
    await bus.stopKeyring();
    await bus.start('locked');
    const { keychain, utilityProcess } = helper(bus.env);
    await expect(keychain.get('helped')).rejects.toMatchObject({ trouble: 'locked' });
    await expect(keychain.get('helped', 'fresh')).rejects.toMatchObject({ trouble: 'locked' });
    expect(utilityProcess.started).toHaveLength(2);
  });

  it('is gone at once when the app quits, even in a prompt', async () => {
    const bus = await session({ prompter: 'hangs' });
    await bus.start('unlocked');
    await helper(bus.env).keychain.set('helped', 'x');
    await bus.stopKeyring();
    await bus.start('locked');
    const { process: owner, utilityProcess } = helper(bus.env);
    const asked = owner.ask({ operation: 'get', name: 'helped' }, 60_000);
    const pid = utilityProcess.started[0]?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    owner.end();
    await expect(asked).rejects.toThrowError('Signalbox is quitting');
    await expect(owner.ask({ operation: 'get', name: 'helped' }, 1_000)).rejects.toThrowError('Signalbox is quitting');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('says so when it ends by itself', async () => {
    const { process: owner, utilityProcess } = helper({ PATH: process.env.PATH });
    const asked = owner.ask({ operation: 'get', name: 'x' }, 30_000);
    utilityProcess.started[0]?.kill();
    await expect(asked).rejects.toThrowError('ended unexpectedly');
  });
});
