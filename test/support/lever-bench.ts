// The levers over a yard of their own, joined as in the product, with a hook before every step: what the matrix of faults is
// walked on. Time limits run several times faster here; nothing else differs.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action } from '../../main/actions/action.ts';
import { listDumps } from '../../main/actions/dump-files.ts';
import { makeLevers } from '../../main/actions/levers.ts';
import { settings as settingsOfFile } from '../../main/checks/registry.ts';
import { actionFor } from '../../main/compose-actions.ts';
import type { Levers } from '../../main/engine/levers.ts';
import type { Clock } from '../../main/engine/ports.ts';
import { openHistory } from '../../main/storage/history.ts';
import { openLeverLocks } from '../../main/storage/lever-locks.ts';
import { openSecrets } from '../../main/storage/secrets.ts';
import { redact } from '../../shared/redact.ts';
import type { Settings } from '../../shared/settings.ts';
import { startYard, type Yard } from '../../simulator/yard.ts';
import type { PartName } from '../../simulator/yard-parts.ts';
import type { SettingsOptions } from '../../simulator/yard-settings.ts';
import { lookAtWorld, type World } from './lever-outside.ts';

/** How much faster the limits of the product run. */
export const faster = 4;

/** The system's own clock for the hour, a quicker one for every limit. */
const quickClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() * faster,
  after(ms, callback) {
    const timer = setTimeout(callback, ms / faster);
    return () => clearTimeout(timer);
  },
};

/** Makes every limit on an answer as much quicker; returns the way back. */
export function quickenLimits(): () => void {
  const usual = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => usual.call(AbortSignal, ms / faster);
  return () => {
    AbortSignal.timeout = usual;
  };
}

export type Phase = 'run' | 'undo';
/** Called when a step, or its undo, is about to be called. */
export type Before = (phase: Phase, index: number, runId: string) => Promise<void> | void;

export type Bench = {
  readonly yard: Yard;
  readonly settings: Settings;
  readonly levers: Levers;
  /** Where dumps go. */
  readonly directory: string;
  /** Set by whoever runs a lever. */
  before: Before;
  world(): Promise<World>;
  /** The dumps in the folder, as the product lists them. */
  dumps(): ReturnType<typeof listDumps>;
  close(): Promise<void>;
};

export type BenchOptions = { readonly parts: readonly PartName[]; readonly settings?: SettingsOptions };

export async function openBench({ parts, settings: options }: BenchOptions): Promise<Bench> {
  const yard = await startYard({ fast: true, contracts: true, parts, idleMs: 120_000, wakeMs: 50 });
  const settings: Settings = settingsOfFile.parse(yard.settings(options));
  const folder = join(yard.folder, 'data');
  const history = openHistory(folder);
  const env = yard.secrets(options);
  const secrets = openSecrets({ env, folder });
  const { journal } = history;
  const directory = join(yard.folder, 'dumps');
  const state: { before: Before } = { before: () => undefined };
  const times = {
    traffic: { wakeTry: 6_000, wakeBudget: 8_000, promote: 12_000, see: 8_000, config: 8_000, settle: 10_000 },
    bannerSeeMs: 8_000,
  };
  const hooked = (action: Action): Action => ({
    ...action,
    steps: action.steps.map(({ run, undo, ...step }, index) => ({
      ...step,
      async run(context) {
        await state.before('run', index, context.runId);
        return run(context);
      },
      ...(undo && {
        async undo(context) {
          await state.before('undo', index, context.runId);
          return undo(context);
        },
      }),
    })),
  });
  const picture = () => ({ monitors: [], incidents: [] });
  const around = { settings: () => settings, secrets, journal, clock: quickClock, picture, times };
  const levers = makeLevers({
    ...{ journal, clock: quickClock, locks: openLeverLocks(folder) },
    makeAction: (request) => hooked(actionFor(request, around)),
    openIncidents: () => [],
    onActed: () => undefined,
    onRun: () => undefined,
    onTrouble: (sentence) => {
      throw new Error(sentence);
    },
    clean: (text) => redact(text, secrets.knownValues()),
    dumps: () => listDumps(directory),
    deleteDump: async () => undefined,
    view: () => {
      throw new Error('not asked here');
    },
  });
  const bench: Bench = {
    yard,
    settings,
    levers,
    directory,
    get before() {
      return state.before;
    },
    set before(next) {
      state.before = next;
    },
    world: () => lookAtWorld(yard, directory),
    dumps: () => listDumps(directory),
    async close() {
      await levers.stop();
      history.close();
      await yard.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return bench;
}
