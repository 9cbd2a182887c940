// A lever service on fakes, for tests of the service: deeds of two steps that keep a log, and what a dead process leaves.
import type { Action, Step } from '../../main/actions/action.ts';
import { type Acted, makeLevers } from '../../main/actions/levers.ts';
import type { Journal } from '../../main/engine/levers.ts';
import { FaultError } from '../../shared/fault.ts';
import { type LeverRequest, noLevers } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import { deed, logged, quiet, untilStopped } from './deeds.ts';
import { FakeClock } from './fake-clock.ts';
import { memoryLocks } from './memory-locks.ts';
import { refusingJournal } from './refusing-journal.ts';

export const traffic = (to: 'standby' | 'primary' | 'prepare'): LeverRequest => ({ action: 'traffic', to, force: false });
export const drill: LeverRequest = { action: 'drill', force: false };
export const banner = (on: boolean): LeverRequest => ({
  action: 'banner',
  on,
  text: on ? 'x' : null,
  severity: 'info',
  forMs: null,
});
export const dump: LeverRequest = { action: 'dump', task: 'create', full: false, directory: null };
export const how = { by: 'window', force: false } as const;

type World = ReturnType<typeof world>;

/** A lever service on fakes. Every deed is the same two steps unless a test says otherwise. */
export function world(shared: { journal?: Journal; locks?: ReturnType<typeof memoryLocks>; clock?: FakeClock } = {}) {
  const clock = shared.clock ?? new FakeClock();
  const journal = shared.journal ?? refusingJournal();
  const locks = shared.locks ?? memoryLocks();
  const log: string[] = [];
  const told: Run[] = [];
  const acted: Acted[] = [];
  const troubles: string[] = [];
  const deeds = {
    steps: (request: LeverRequest): readonly Step[] => {
      const name = request.action === 'traffic' ? request.to : request.action;
      return [logged(log, `first ${name}`), logged(log, `second ${name}`)];
    },
    change: {} as Partial<Action>,
    open: [] as string[],
  };
  let number = 0;
  const levers = makeLevers({
    journal,
    locks,
    clock,
    makeAction: (request) => deed(deeds.steps(request), { title: titleOf(request), ...deeds.change }),
    openIncidents: () => deeds.open,
    onActed: (one) => void acted.push(one),
    onRun: (run) => void told.push(structuredClone(run)),
    clean: (text) => text.replaceAll('hunter22', '•••'),
    onTrouble: (sentence) => void troubles.push(sentence),
    view: () => ({
      traffic: { target: 'unknown', verifiedAt: null, way: null },
      banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
      levers: noLevers,
    }),
    dumps: async () => [],
    deleteDump: async () => {},
    newId: (at) => {
      number += 1;
      return `run-${at}-${number}-${log.length}`;
    },
  });
  return { clock, journal, locks, log, told, acted, troubles, deeds, levers };
}

const titleOf = (request: LeverRequest): string =>
  request.action === 'traffic' ? `Traffic: ${request.to}` : request.action === 'banner' ? `Banner ${request.on}` : request.action;

export async function faultOf(work: () => unknown): Promise<FaultError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** What a process leaves that dies during the second step of `request`. */
export async function died(request: LeverRequest, second: Partial<Step> = {}): Promise<World> {
  const before = world();
  before.deeds.steps = () => [
    logged(before.log, `first ${nameOf(request)}`),
    logged(before.log, `second ${nameOf(request)}`, { run: untilStopped, ...second }),
  ];
  await before.levers.start(request, how);
  await quiet();
  const after = world({ journal: structuredJournal(before.journal), clock: before.clock });
  after.log.push(...before.log);
  return after;
}

export const nameOf = (request: LeverRequest): string => (request.action === 'traffic' ? request.to : request.action);

/** The journal as it is now; what the dead process would still write goes nowhere. */
export function structuredJournal(old: Journal): Journal {
  const journal = refusingJournal();
  for (const entry of old.unfinished()) journal.save(entry);
  return journal;
}
