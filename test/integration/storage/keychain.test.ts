// Secrets against a real gnome-keyring on a private D-Bus session (SECURITY S-32, S-33).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KeychainLimits, openKeychain } from '../../../main/storage/keychain.ts';
import { openSecrets, type SecretStore } from '../../../main/storage/secrets.ts';
import { FaultError } from '../../../shared/fault.ts';
import { temporaryFolder } from '../../support/history-values.ts';
import { type KeyringSession, keychainMissing, keyringSession } from '../../support/keychain.ts';

const missing = keychainMissing();
if (missing) console.warn(`LEFT OUT: every test of the real keychain, because ${missing}.`);

const canary = 'canary-6f1d-ü';

async function session(options: Parameters<typeof keyringSession>[0] = {}): Promise<KeyringSession> {
  const opened = await keyringSession(options);
  onTestFinished(() => opened.close());
  return opened;
}

const short: KeychainLimits = { readMs: 1_000, writeMs: 1_000, retryMs: [10, 20], restMs: 60_000 };

function secretsOf(env: KeyringSession['env'], folder = temporaryFolder(), limits?: KeychainLimits): SecretStore {
  return openSecrets({ env, folder, keychain: openKeychain(env, limits) });
}

async function fault(work: Promise<unknown>): Promise<FaultError> {
  const error: unknown = await work.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FaultError);
  return error as FaultError;
}

describe.skipIf(missing !== null)('the keychain', () => {
  it('keeps a secret over a restart of the keyring, lists it by name and forgets it', async () => {
    const bus = await session();
    await bus.start('unlocked');
    const folder = temporaryFolder();
    const secrets = secretsOf(bus.env, folder);
    expect(await secrets.keychain()).toEqual({ state: 'ready', name: 'Secret Service' });
    expect(await secrets.get('rollbar-token')).toBeNull();
    await secrets.set('rollbar-token', canary);
    expect(await secrets.get('rollbar-token')).toEqual({ value: canary, source: 'keychain' });
    expect(secrets.knownValues()).toEqual([canary]);

    await bus.stopKeyring();
    await bus.start('unlocked');
    const again = secretsOf(bus.env, folder);
    expect(await again.get('rollbar-token')).toEqual({ value: canary, source: 'keychain' });
    expect(await again.list()).toEqual([
      { name: 'rollbar-token', source: 'keychain', setAt: expect.stringMatching(/^20\d\d-.*Z$/) },
    ]);
    expect(readdirSync(folder)).toEqual(['secrets.json']);
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).not.toContain('canary');
    expect((statSync(join(folder, 'secrets.json')).mode & 0o777).toString(8)).toBe('600');

    expect(await again.delete('rollbar-token')).toBe(true);
    expect(await again.delete('rollbar-token')).toBe(false);
    expect(await again.get('rollbar-token')).toBeNull();
    expect(await again.list()).toEqual([]);
  });

  it('shows a running engine at once what the command line sets', async () => {
    const bus = await session();
    await bus.start('unlocked');
    const folder = temporaryFolder();
    const [engine, command] = [secretsOf(bus.env, folder), secretsOf(bus.env, folder)];
    expect(await engine.get('slack-webhook')).toBeNull();
    await command.set('slack-webhook', 'one');
    expect((await engine.get('slack-webhook'))?.value).toBe('one');
    await command.set('slack-webhook', 'two');
    expect((await engine.get('slack-webhook'))?.value).toBe('two');
    await command.delete('slack-webhook');
    expect(await engine.get('slack-webhook')).toBeNull();
  });

  it('that is locked is told apart from a missing secret, and the environment wins over it', async () => {
    const bus = await session();
    await bus.start('unlocked');
    const folder = temporaryFolder();
    await secretsOf(bus.env, folder).set('rollbar-token', canary);
    await bus.stopKeyring();
    await bus.start('locked');
    const secrets = secretsOf(bus.env, folder);
    const said = await fault(secrets.get('rollbar-token'));
    expect(said).toMatchObject({ code: 'keychain-locked', exitCode: 2 });
    expect(said.message).toBe('The keychain (Secret Service) could not be used: it is locked.');
    expect(said.next).toContain('SIGNALBOX_SECRET_ROLLBAR_TOKEN');
    expect((await fault(secrets.set('rollbar-token', 'other'))).code).toBe('keychain-locked');
    expect((await fault(secrets.delete('rollbar-token'))).code).toBe('keychain-locked');
    expect(await secrets.keychain()).toMatchObject({ state: 'locked', problem: expect.stringContaining('locked') });
    const given = secretsOf({ ...bus.env, SIGNALBOX_SECRET_ROLLBAR_TOKEN: 'from outside' }, folder);
    expect(await given.get('rollbar-token')).toEqual({ value: 'from outside', source: 'environment' });
    expect(await given.list()).toEqual([{ name: 'rollbar-token', source: 'environment', setAt: null }]);
  });

  it('whose prompt nobody answers is given up in time, once for all who wait', async () => {
    const bus = await session({ prompter: 'hangs' });
    await bus.start('unlocked');
    const folder = temporaryFolder();
    const before = secretsOf(bus.env, folder);
    for (const name of ['a', 'b', 'c']) await before.set(name, 'value');
    await bus.stopKeyring();
    await bus.start('locked');
    const secrets = secretsOf(bus.env, folder, short);
    const said = await Promise.all(['a', 'b', 'c'].map((name) => fault(secrets.get(name))));
    expect(said.map(({ code }) => code)).toEqual(['keychain-locked', 'keychain-locked', 'keychain-locked']);
    expect(said[0]?.message).toContain('did not answer within 1 s');
    // One question, one prompt: those who waited behind it got the same refusal.
    expect(new Set(said.map(({ cause }) => cause)).size).toBe(1);
  });

  it('that is missing is refused without falling back to the kernel keyring', async () => {
    const bus = await session();
    const folder = temporaryFolder();
    for (const env of [
      bus.env,
      { ...bus.env, DBUS_SESSION_BUS_ADDRESS: undefined },
      { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' },
    ]) {
      const secrets = secretsOf(env, folder);
      const said = await fault(secrets.set('rollbar-token', canary));
      expect(said.code).toBe('keychain-absent');
      expect(said.next).toContain('SIGNALBOX_SECRET_ROLLBAR_TOKEN');
      expect((await fault(secrets.get('rollbar-token'))).code).toBe('keychain-absent');
      expect((await secrets.keychain()).state).toBe('absent');
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('on a bus that never speaks is given up in time', async () => {
    const path = join(temporaryFolder(), 'bus');
    const deaf = createServer(() => {}).listen(path);
    onTestFinished(() => void deaf.close());
    await once(deaf, 'listening');
    const secrets = secretsOf(
      { PATH: process.env.PATH, DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
      temporaryFolder(),
      short,
    );
    expect((await fault(secrets.get('rollbar-token'))).code).toBe('keychain-locked');
  });

  it('that hangs does not keep a program from ending', async () => {
    const bus = await session({ prompter: 'hangs' });
    await bus.start('unlocked');
    const folder = temporaryFolder();
    await secretsOf(bus.env, folder).set('a', 'value');
    await bus.stopKeyring();
    await bus.start('locked');
    const storage = fileURLToPath(new URL('../../../main/storage/', import.meta.url));
    const program = `
      const { openSecrets } = await import(${JSON.stringify(`${storage}secrets.ts`)});
      const { openKeychain } = await import(${JSON.stringify(`${storage}keychain.ts`)});
      const keychain = openKeychain(process.env, ${JSON.stringify({ ...short, readMs: 500 })});
      const secrets = openSecrets({ env: process.env, folder: ${JSON.stringify(folder)}, keychain });
      await secrets.get('a').catch((error) => process.stdout.write(error.code));
      process.exit(2);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: bus.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    // The keyring's own client waits 25 s for a reply; a program that had asked in-process would sit that out.
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(late);
    expect([said, code]).toEqual(['keychain-locked', 2]);
  });
});
