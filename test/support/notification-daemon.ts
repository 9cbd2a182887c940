// A real notification daemon for tests: dunst on an Xvfb screen and a private D-Bus session, watched by dbus-monitor.
// Only processes started here are ended, each by its own handle.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const programs = ['Xvfb', 'dunst', 'dbus-daemon', 'dbus-monitor', 'notify-send'] as const;

type Shown = {
  readonly appName: string;
  readonly title: string;
  /** As sent: with the entities that keep it from being markup. */
  readonly body: string;
  readonly urgency: 'low' | 'normal' | 'critical' | null;
  /** Milliseconds; 0 stays until closed, -1 leaves it to the daemon. */
  readonly expiresMs: number;
  /** The daemon's id for it, which it gives only to what it has taken. */
  readonly id: number;
};

export type NotificationDaemon = {
  /** What a program needs to find this session. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string; readonly DISPLAY: string };
  readonly shown: readonly Shown[];
  /** Resolves once `count` notifications were taken. */
  waitFor(count: number): Promise<readonly Shown[]>;
  stop(): Promise<void>;
};

/** Names of the programs that are missing here; tests skip, loudly, when there are any. */
export function missingPrograms(): string[] {
  return programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
}

/** Ready to take notifications when it resolves. Rejects within 20 s when a part does not come up. */
export async function startNotificationDaemon(): Promise<NotificationDaemon> {
  const children: ChildProcess[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-desktop-'));
  const start = (name: string, args: readonly string[], env: NodeJS.ProcessEnv, extra: readonly 'pipe'[] = []): ChildProcess => {
    const child = spawn(name, args, { env, stdio: ['ignore', 'pipe', 'ignore', ...extra] });
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (const child of children.splice(0).reverse()) await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const base = { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder };
    // Asked for by file descriptor, so that no display number or address is fixed.
    const screen = start('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], base, ['pipe']);
    const display = `:${await firstLine(screen.stdio[3] as Readable, 'Xvfb')}`;
    const bus = start('dbus-daemon', ['--session', '--nofork', '--print-address=1'], { ...base, DISPLAY: display });
    const address = await firstLine(bus.stdout, 'dbus-daemon');
    const env = { DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: display };
    const session = { ...base, ...env };
    const log = new Log();
    const monitor = start('dbus-monitor', ['--session', ...matches], session);
    const owned = log.follow(monitor);
    await firstMonitored(log);
    start('dunst', [], session);
    await within(owned, 'dunst');
    return {
      env,
      shown: log.shown,
      waitFor: (count) => within(log.waitFor(count), 'notification'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const matches = [
  "type='signal',sender='org.freedesktop.DBus',member='NameAcquired'",
  "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.Notifications'",
  "type='method_call',interface='org.freedesktop.Notifications',member='Notify'",
  "type='method_return'",
];

type Call = Omit<Shown, 'id'> & { readonly from: string; readonly serial: string };

/** Reads dbus-monitor's text: a header line per message, then one line per argument (strings may run over several). */
class Log {
  readonly shown: Shown[] = [];
  readonly #calls: Call[] = [];
  readonly #waiting = new Set<() => void>();
  #message: string[] = [];
  /** dbus-monitor prints a message whole, but its last line does not say that it is the last. */
  #flush: NodeJS.Timeout | null = null;
  monitored: () => void = () => {};
  #owned: () => void = () => {};

  follow(monitor: ChildProcess): Promise<void> {
    if (!monitor.stdout) throw new Error('dbus-monitor has no output');
    createInterface({ input: monitor.stdout }).on('line', (line) => this.#line(line));
    return new Promise((resolve) => {
      this.#owned = resolve;
    });
  }

  waitFor(count: number): Promise<readonly Shown[]> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.shown.length < count) return;
        this.#waiting.delete(check);
        resolve(this.shown.slice(0, count));
      };
      this.#waiting.add(check);
      check();
    });
  }

  #line(line: string): void {
    if (/^(signal|method call|method return|error) time=/.test(line)) this.#end();
    this.#message.push(line);
    if (this.#flush) clearTimeout(this.#flush);
    this.#flush = setTimeout(() => this.#end(), 50);
  }

  #end(): void {
    const [head = '', ...rest] = this.#message;
    this.#message = [];
    if (head.includes('member=NameAcquired')) this.monitored();
    if (head.includes('member=NameOwnerChanged') && rest[2] !== '   string ""') this.#owned();
    if (head.includes('member=Notify')) this.#calls.push(parseCall(head, rest.join('\n')));
    if (head.startsWith('method return')) this.#answered(head, rest);
    for (const check of this.#waiting) check();
  }

  #answered(head: string, rest: readonly string[]): void {
    const to = /destination=(\S+)/.exec(head)?.[1];
    const serial = /reply_serial=(\d+)/.exec(head)?.[1];
    const id = /^ {3}uint32 (\d+)$/.exec(rest[0] ?? '')?.[1];
    const call = this.#calls.find((item) => item.from === to && item.serial === serial);
    if (!call || id === undefined) return;
    const { appName, title, body, urgency, expiresMs } = call;
    this.shown.push({ appName, title, body, urgency, expiresMs, id: Number(id) });
  }
}

/** Notify(app_name, replaces_id, app_icon, summary, body, actions, hints, expire_timeout). */
function parseCall(head: string, text: string): Call {
  const match =
    /^ {3}string "(.*)"\n {3}uint32 \d+\n {3}string ".*"\n {3}string "([\s\S]*?)"\n {3}string "([\s\S]*)"\n {3}array \[\n/.exec(
      text,
    );
  const level = /"urgency"\s+variant\s+byte (\d)/.exec(text)?.[1];
  return {
    from: /sender=(\S+)/.exec(head)?.[1] ?? '',
    serial: / serial=(\d+)/.exec(head)?.[1] ?? '',
    appName: match?.[1] ?? '',
    title: match?.[2] ?? '',
    body: match?.[3] ?? '',
    urgency: level === undefined ? null : ((['low', 'normal', 'critical'] as const)[Number(level)] ?? null),
    expiresMs: Number(/\n {3}int32 (-?\d+)/.exec(text)?.[1] ?? Number.NaN),
  };
}

function firstMonitored(log: Log): Promise<void> {
  return within(
    new Promise<void>((resolve) => {
      log.monitored = resolve;
    }),
    'dbus-monitor',
  );
}

function firstLine(stream: Readable | null, name: string): Promise<string> {
  if (!stream) throw new Error(`${name} has no output`);
  return within(new Promise((resolve) => createInterface({ input: stream }).once('line', resolve)), name);
}

async function within<T>(promise: Promise<T>, name: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not come within 20 s`)), 20_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
