// A real gnome-keyring on a private D-Bus session, for tests of secrets: unlocked, locked, hanging or missing, all in
// temporary folders. Only processes started here are ended.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const programs = ['dbus-daemon', 'gnome-keyring-daemon'] as const;

/** Why tests with a real keychain cannot run here; `null` when they can. */
export function keychainMissing(): string | null {
  if (process.platform !== 'linux') return 'gnome-keyring is tested on Linux only';
  const absent = programs.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined);
  return absent.length === 0 ? null : `${absent.join(' and ')} not installed`;
}

export type KeyringSession = {
  /** For `openSecrets({ env })`: leads to this session only. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Starts the keyring, unlocked by its password or locked; a second start finds the first one's keyrings on disk. */
  start(how: 'unlocked' | 'locked'): Promise<void>;
  stopKeyring(): Promise<void>;
  close(): Promise<void>;
};

/**
 * A session bus without services of the machine's own. `prompter` is what happens when a locked keyring wants its password:
 * the prompt `fails` at once, as without a display, or `hangs`, as when nobody is at the machine.
 */
export async function keyringSession(options: { readonly prompter?: 'fails' | 'hangs' } = {}): Promise<KeyringSession> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-keyring-'));
  const { bus, address } = await startBus(folder, options.prompter === 'hangs' ? '/bin/sleep 60' : '/bin/false');
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'share'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    DBUS_SESSION_BUS_ADDRESS: address,
  };
  let keyring: ChildProcess | null = null;
  const stopKeyring = async (): Promise<void> => {
    if (keyring) await end(keyring);
    keyring = null;
  };
  return {
    env,
    stopKeyring,
    async start(how) {
      const flags = ['--foreground', '--components=secrets', ...(how === 'unlocked' ? ['--unlock'] : [])];
      keyring = spawn('gnome-keyring-daemon', flags, { env, stdio: ['pipe', 'ignore', 'ignore'] });
      keyring.stdin?.end(how === 'unlocked' ? 'correct horse' : '');
      await nameOwned('org.freedesktop.secrets', env);
    },
    async close() {
      await stopKeyring();
      await end(bus);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startBus(folder: string, prompter: string): Promise<{ readonly bus: ChildProcess; readonly address: string }> {
  for (const part of ['run', 'share', 'services']) mkdirSync(join(folder, part), { mode: 0o700 });
  const service = `[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=${prompter}\n`;
  writeFileSync(join(folder, 'services', 'prompter.service'), service);
  const config = join(folder, 'bus.conf');
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
      "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig>
      <type>session</type>
      <listen>unix:dir=${folder}</listen>
      <auth>EXTERNAL</auth>
      <servicedir>${join(folder, 'services')}</servicedir>
      <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
    </busconfig>`,
  );
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: bus.stdout });
  const [address] = (await once(lines, 'line')) as [string];
  return { bus, address };
}

/** The daemon tells nobody when it is ready, so its name on the bus is asked for until it has an owner; at most 10 s. */
async function nameOwned(name: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const ask = ['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const reply = spawnSync('dbus-send', [...ask, `string:${name}`], { env, encoding: 'utf8' });
    if (reply.stdout.includes('true')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} did not appear on the bus within 10 s`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(timer);
}
