// The levers as lines of the tray's menu: what one click does, what is under way, why one cannot be pulled. Pure; what a click
// leads to is decided in lever-pull.ts.
import type { MenuItemConstructorOptions } from 'electron';
import type { LeverRequest } from '../../shared/lever.ts';
import type { Run, RunAction } from '../../shared/run.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { usualBanner } from '../../shared/words.ts';

export type LeverName = 'banner' | 'traffic' | 'dump';
const names: readonly LeverName[] = ['banner', 'traffic', 'dump'];

export type LeverActions = {
  readonly pull: (lever: LeverName, request: LeverRequest) => void;
  readonly cancel: (runId: string) => void;
};

/** A drill moves the points too, so it is the traffic lever's. */
const actionsOf: Readonly<Record<LeverName, readonly RunAction[]>> = {
  banner: ['banner'],
  traffic: ['traffic', 'drill'],
  dump: ['dump'],
};

/** The lines of all three levers. `looking`: pulled a moment ago, and the engine is still looking before it leaps. */
export function leverItems(
  snapshot: Snapshot,
  looking: ReadonlySet<LeverName>,
  actions: LeverActions,
): MenuItemConstructorOptions[] {
  return names.flatMap((name) => itemsOf(name, snapshot, looking.has(name), actions));
}

function itemsOf(name: LeverName, snapshot: Snapshot, looks: boolean, actions: LeverActions): MenuItemConstructorOptions[] {
  const run = snapshot.runs.find(({ action, state }) => state === 'running' && actionsOf[name].includes(action));
  if (run !== undefined) return underWay(run, actions);
  const { label, request } = pullOf(name, snapshot);
  if (looks) return [{ label: `${bare(label)}: looking first…`, enabled: false }];
  const lever = snapshot.levers[name];
  if (!lever.ready) return [{ label: `${bare(label)}: ${lever.problem ?? 'not set up yet'}`, enabled: false }];
  return [{ label, click: () => actions.pull(name, request) }];
}

function underWay(run: Run, { cancel }: LeverActions): MenuItemConstructorOptions[] {
  const title = run.title ?? run.action;
  const step = run.steps.find(({ state }) => state === 'running')?.name;
  return [
    { label: step === undefined ? `${title}…` : `${title}: ${step}…`, enabled: false },
    { label: `Cancel: ${title}`, click: () => cancel(run.id) },
  ];
}

/** What one click would ask for. An ellipsis says that it may ask back. */
function pullOf(name: LeverName, { banner, traffic }: Snapshot): { readonly label: string; readonly request: LeverRequest } {
  if (name === 'banner') {
    const { severity } = usualBanner;
    return banner.on
      ? { label: 'Take the banner down', request: { action: 'banner', on: false, text: null, severity, forMs: null } }
      : { label: 'Put the banner up…', request: { action: 'banner', on: true, ...usualBanner } };
  }
  if (name === 'dump') {
    return { label: 'Dump now', request: { action: 'dump', task: 'create', full: false, directory: null } };
  }
  return traffic.target === 'standby'
    ? { label: 'Move traffic back to the primary…', request: { action: 'traffic', to: 'primary', force: false } }
    : { label: 'Move traffic to the standby…', request: { action: 'traffic', to: 'standby', force: false } };
}

const bare = (label: string): string => label.replace(/…$/, '');
