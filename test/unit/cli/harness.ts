// Runs the command line in this process with small fakes in place of keychain, history and checks.
import { Readable } from 'node:stream';
import { runProgram } from '../../../main/cli/program.ts';
import type { Book, CommandWish, SecretBox, Services } from '../../../main/cli/services.ts';
import type { Incident } from '../../../shared/incident.ts';
import type { MonitorConfig } from '../../../shared/monitor.ts';
import { monitorBase } from '../../../shared/monitor.ts';
import { type Settings, settingsSchema } from '../../../shared/settings.ts';
import { fakeDesk } from '../../support/fake-levers.ts';
import { at, sampleObservation, sampleSnapshot } from '../ipc/samples.ts';

export const now = Date.parse(at) + 10_000;

/** Settings out of the few fields that a test is about; monitors have the base fields plus whatever else is given. */
export function settingsOf(file: Readonly<Record<string, unknown>>): Settings {
  return settingsSchema(monitorBase.loose().transform((monitor) => monitor as unknown as MonitorConfig)).parse(file);
}

export const twoMonitors = settingsOf({
  monitors: [
    { id: 'api', name: 'API (Frankfurt)', kind: 'http', url: 'https://api.example.com/' },
    { id: 'db', name: 'Postgres', kind: 'postgres', connection: '${secret:database-url}' },
  ],
  alerts: { desktop: { enabled: false } },
});

export type FakeBook = Book & { readonly wishes: CommandWish[]; readonly done: Set<number>; closed: number };

export function fakeBook(incidents: readonly Incident[] = []): FakeBook {
  const book: FakeBook = {
    wishes: [],
    done: new Set(),
    closed: 0,
    incidents: (_before, limit) => incidents.slice(0, limit),
    incident: (id) => incidents.find((incident) => incident.id === id) ?? null,
    addWish: (wish) => book.wishes.push(wish),
    wishDone: (id) => book.done.has(id),
    close: () => {
      book.closed += 1;
    },
  };
  return book;
}

/** A keychain in memory; `environment` stands over it. */
export function fakeSecrets(held: Record<string, string> = {}, environment: Record<string, string> = {}): SecretBox {
  return {
    get: async (name) => {
      if (environment[name] !== undefined) return { value: environment[name], source: 'environment' };
      return held[name] === undefined ? null : { value: held[name], source: 'keychain' };
    },
    set: async (name, value) => {
      held[name] = value;
    },
    delete: async (name) => Object.hasOwn(held, name) && delete held[name],
    list: async (asked) => [
      ...Object.keys(held).map((name) => ({ name, source: 'keychain' as const, setAt: at })),
      ...asked
        .filter((name) => environment[name] !== undefined)
        .map((name) => ({ name, source: 'environment' as const, setAt: null })),
    ],
    keychain: async () => ({ state: 'ready', name: 'Secret Service' }),
  };
}

export function fakeServices(change: Partial<Services> = {}): Services {
  return {
    openSettings: async () => ({ settings: twoMonitors, file: 'settings.json' }),
    openBook: async () => fakeBook(),
    secretsAt: () => fakeSecrets({ 'database-url': 'postgres://u:p@h/d' }),
    check: async (_place, config) => sampleObservation({ monitorId: config.id }),
    hostOf: () => null,
    remembered: async () => sampleSnapshot(),
    running: async () => null,
    applyWishes: async () => undefined,
    testAlert: async () => ({ ok: true, message: 'Delivered.' }),
    whoami: async () => ({ ok: true, message: 'The token works.' }),
    levers: async () => fakeDesk(),
    examineConnection: async () => ({ findings: [], corrected: null }),
    compareConnections: async () => ({ differences: [], same: [], problems: [] }),
    postmortem: async () => null,
    startEngine: async () => ({ stop: async () => undefined }),
    ...change,
  };
}

export class Recorder {
  text = '';
  readonly isTTY: boolean;
  writableLength = 0;
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

export type Surrounding = {
  readonly services?: Partial<Services>;
  readonly stdin?: string | Buffer;
  readonly controller?: AbortController;
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: Recorder;
  /** What a person types where a terminal asks; makes stdin a terminal. */
  readonly typed?: string;
  /** The person types no further and does not leave. */
  readonly hangs?: boolean;
  readonly now?: () => number;
  readonly cwd?: string;
};

function stdinOf({ stdin, typed, hangs = false }: Surrounding): Readable & { readonly isTTY?: boolean } {
  if (typed === undefined) return Readable.from(stdin === undefined ? [] : [stdin]);
  const terminal = new Readable({ read: () => undefined });
  if (typed !== '') terminal.push(typed);
  if (!hangs) terminal.push(null);
  return Object.assign(terminal, { isTTY: true });
}

/** One command line: how it ended and what it said. */
export async function signalbox(argv: readonly string[], around: Surrounding = {}) {
  const stdout = around.stdout ?? new Recorder(around.terminal);
  const stderr = new Recorder(around.terminal);
  const code = await runProgram(argv, {
    services: fakeServices(around.services),
    signal: (around.controller ?? new AbortController()).signal,
    now: around.now ?? (() => now),
    version: '0.1.0',
    cwd: around.cwd ?? '/somewhere',
    env: around.env ?? {},
    stdin: stdinOf(around),
    stdout,
    stderr,
  });
  return { code, stdout: stdout.text, stderr: stderr.text, json: (): unknown => JSON.parse(stdout.text) };
}
