// The rehearsal yard: a small production on free loopback ports with everything it depends on, in one process and one
// temporary folder. Starts the parts that are asked for, switches faults, and leaves nothing behind.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setClockAhead } from './clock.ts';
import { loadContract } from './contract.ts';
import type { Way } from './database.ts';
import { type Fault, faults } from './faults.ts';
import type { VercelTiming } from './vercel-model.ts';
import {
  hosts,
  lateParts,
  type Pace,
  type PartName,
  type Surroundings,
  socketsOf,
  starters,
  stopPart,
  type YardParts,
} from './yard-parts.ts';
import { type SettingsOptions, secretsOf, settingsOf } from './yard-settings.ts';

/** Asking for a part that was not started throws and names it. */
export type Yard = YardParts & {
  /** Names that its servers have under `names.env`. */
  readonly hosts: typeof hosts;
  readonly pace: Pace;
  /** Parts that were started. */
  readonly started: readonly PartName[];
  /** Addresses to show, by part. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Temporary folder, removed by `stop`. */
  readonly folder: string;
  /** The way that both API servers take to the database; `direct` at the start. */
  way: Way;
  /** Ids of the faults that are on, in the order in which they were switched. */
  readonly switched: ReadonlySet<string>;
  /** Switches a fault of faults.ts. Rejects for an id that there is not, or when a part it needs is missing. */
  switch(id: string, on: boolean): Promise<void>;
  /** Mends everything. */
  mend(): Promise<void>;
  /** Takes every part off the network, or puts it back: what a machine without a network sees. */
  setOffline(offline: boolean): Promise<void>;
  /** A complete settings object for Signalbox, and the environment variables with its secrets. */
  settings(options?: SettingsOptions): object;
  secrets(options?: SettingsOptions): Record<string, string>;
  stop(): Promise<void>;
};

export type YardOptions = {
  /** Seconds become fractions of one; for tests and unattended scenarios. */
  readonly fast?: boolean;
  /** All when absent. */
  readonly parts?: readonly PartName[];
  readonly idleMs?: number;
  readonly wakeMs?: number | readonly [number, number];
  /** Milliseconds of Vercel's stages; quick ones when absent. */
  readonly vercelTiming?: Partial<VercelTiming>;
  /** Hold requests to providers against their published documents, where `../shared` has them: `violations` of each part. */
  readonly contracts?: boolean;
};

/** As the first user's, only with shorter intervals: a person who breaks something wants to see it noticed. */
const usual: Pace = {
  ...{ intervalMs: 5_000, pageIntervalMs: 10_000, standbyIntervalMs: 3_600_000, retryMs: 1_000, timeoutMs: 4_000 },
  ...{ degradedMs: 1_000, gapMs: 100, slowMs: 2_500, flapMs: 15_000 },
  ...{ idleMs: 15 * 60_000, wakeMs: [30_000, 50_000], coldStartMs: 90_000 },
};

const quick: Pace = {
  ...{ intervalMs: 1_000, pageIntervalMs: 1_000, standbyIntervalMs: 10_000, retryMs: 200, timeoutMs: 2_000 },
  ...{ degradedMs: 800, gapMs: 20, slowMs: 1_200, flapMs: 1_500 },
  ...{ idleMs: 4_000, wakeMs: 1_500, coldStartMs: 10_000 },
};

const allParts = Object.keys(starters) as PartName[];

/** Starts a yard. Rejects, with nothing left running, when a part does not start. */
export async function startYard(options: YardOptions = {}): Promise<Yard> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-yard-'));
  const { fast = false, parts: wanted = allParts, idleMs, wakeMs, contracts = false, vercelTiming = {} } = options;
  const base = fast ? quick : usual;
  const pace: Pace = { ...base, ...(idleMs !== undefined && { idleMs }), ...(wakeMs !== undefined && { wakeMs }) };
  const parts: { -readonly [K in PartName]?: YardParts[K] } = {};
  const state: { way: Way } = { way: 'direct' };
  const around: Surroundings = {
    parts,
    folder,
    pace,
    way: () => state.way,
    vercelTiming,
    contract: (name) => (contracts ? loadContract(name) : null),
  };
  const stop = async (): Promise<void> => {
    setClockAhead(0);
    await Promise.all(Object.values(parts).map(stopPart));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const first = wanted.filter((name) => !lateParts.includes(name));
    const outcomes = await Promise.allSettled(first.map((name) => startPart(name, around, parts)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    for (const name of lateParts) if (wanted.includes(name)) await startPart(name, around, parts);
    if (parts.api) await writeFile(join(folder, 'authority.pem'), parts.api.authority);
  } catch (error) {
    await stop();
    throw error;
  }
  return yardOf(parts, around, state, stop);
}

async function startPart<K extends PartName>(name: K, around: Surroundings, parts: { [P in K]?: YardParts[P] }): Promise<void> {
  parts[name] = await starters[name](around);
}

function yardOf(parts: Partial<YardParts>, around: Surroundings, state: { way: Way }, stop: () => Promise<void>): Yard {
  const { folder, pace } = around;
  const source = { parts, folder, pace, authorityFile: join(folder, 'authority.pem') };
  const switched = new Set<string>();
  const rest: Omit<Yard, PartName> = {
    hosts,
    pace,
    folder,
    switched,
    started: allParts.filter((name) => parts[name]),
    addresses: addressesOf(parts),
    get way() {
      return state.way;
    },
    set way(next) {
      state.way = next;
    },
    switch: (id, on) => inTurn(() => turn(id, on)),
    mend: () =>
      inTurn(async () => {
        for (const id of [...switched]) await turn(id, false);
      }),
    async setOffline(offline) {
      await parts.names?.setOffline(offline);
      await Promise.all(socketsOf(parts).map((socket) => socket.fail(offline ? { kind: 'refuse' } : null)));
    },
    settings: (options) => settingsOf(source, options),
    secrets: (options) => secretsOf(source, options),
    stop: () => inTurn(stop),
  };
  const yard = withParts(rest, parts);

  let last: Promise<unknown> = Promise.resolve();
  function inTurn(work: () => Promise<void>): Promise<void> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }
  async function turn(id: string, on: boolean): Promise<void> {
    const fault = faultCalled(id);
    if (switched.has(id) === on) return;
    if (on) {
      await fault.on(yard);
      switched.add(id);
      return;
    }
    switched.delete(id);
    await fault.off(yard);
    // Two faults may be of one part: what is still on counts again.
    for (const other of switched) await faultCalled(other).on(yard);
  }
  return yard;
}

function withParts(rest: Omit<Yard, PartName>, parts: Partial<YardParts>): Yard {
  const properties = allParts.map((name) => [
    name,
    {
      get: () => {
        const part = parts[name];
        if (!part) throw new Error(`This yard was started without its part "${name}".`);
        return part;
      },
    },
  ]);
  return Object.defineProperties(rest, Object.fromEntries(properties)) as Yard;
}

function faultCalled(id: string): Fault {
  const fault = faults.find((one) => one.id === id);
  if (!fault) throw new Error(`There is no fault "${id}". There are: ${faults.map((one) => one.id).join(', ')}.`);
  return fault;
}

function addressesOf(parts: Partial<YardParts>): Record<string, string> {
  const { api, standby, production, rollbar, slack, vercel, render, supabase, statuspage, statusPages } = parts;
  const servers = Object.entries({ api, standby, production, rollbar, slack, vercel, render, supabase, statuspage });
  const pages = Object.entries(statusPages ?? {}).map(([name, page]) => [`status page of ${name}`, page.url]);
  return Object.fromEntries([...servers.flatMap(([name, server]) => (server ? [[name, server.url]] : [])), ...pages]);
}
