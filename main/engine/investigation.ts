// Sees to it that every outage is looked into: when it opens, when its picture changes, and from time to time while it
// lasts. One look at a time per outage; what arrives is told at once.
import type { Evidence } from '../../shared/evidence.ts';
import { faultOf } from '../../shared/fault.ts';
import type { Diagnosis } from '../../shared/incident.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { diagnose } from '../core/diagnosis/diagnose.ts';
import { mergeEvidence, pagesOf } from '../core/findings.ts';
import type { IncidentState } from '../core/model.ts';
import type { Clock, Investigate } from './ports.ts';

export type Investigation = {
  /** The outages as they are now; called whenever one changed. */
  follow(incidents: readonly IncidentState[]): void;
  /** Something that may explain an outage has changed: a monitor's status, a provider's page. */
  stirred(): void;
  stop(): void;
};

export type InvestigationPorts = {
  /** Absent: outages are diagnosed from the monitors alone. */
  readonly investigate?: Investigate;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly shown: () => Pick<Snapshot, 'monitors' | 'connectivity'>;
  readonly found: (incidentId: string, evidence: readonly Evidence[], diagnosis: Diagnosis) => void;
  readonly onTrouble: (sentence: string) => void;
};

/** Monitors that fail together fail within this time: they are looked into together. */
const settleMs = 200;
/** Never sooner after a look than this, whatever changes. */
const restMs = 10_000;
/** Without any change: often while it is young, seldom later. */
const againMs = { young: 60_000, old: 300_000, youngForMs: 600_000 } as const;

type Case = {
  incident: IncidentState;
  evidence: readonly Evidence[];
  /** Null while a look is under way. */
  cancelNext: (() => void) | null;
  lookedAt: number | null;
  isStirred: boolean;
  /** The next conclusion from what is known already; null when none is planned. */
  cancelThought: (() => void) | null;
  /** What was told last. */
  told: string;
  readonly end: AbortController;
};

export function makeInvestigation(ports: InvestigationPorts): Investigation {
  const { clock, shown } = ports;
  const cases = new Map<string, Case>();

  const conclude = (one: Case): void => {
    const { monitors, connectivity } = shown();
    const { id, openedAt, monitors: members } = one.incident;
    // Once everything answers again, what was found out stands: the traces are gone.
    const isOn = monitors.some((monitor) => members.includes(monitor.id) && monitor.known === 'down');
    if (!isOn) return;
    one.evidence = mergeEvidence(one.evidence, pagesOf(monitors));
    const online = connectivity.state === 'online' || connectivity.state === 'unguarded';
    const diagnosis = diagnose({ at: clock.now(), openedAt, members, monitors, online, evidence: one.evidence });
    const told = JSON.stringify([diagnosis, one.evidence]);
    if (told === one.told) return;
    one.told = told;
    ports.found(id, one.evidence, diagnosis);
  };

  /** What the monitors and pages show may change the conclusion; nobody else is asked for that. */
  const think = (one: Case): void => {
    one.cancelThought = null;
    conclude(one);
  };

  const look = async (one: Case): Promise<void> => {
    one.cancelNext = null;
    one.isStirred = false;
    one.lookedAt = clock.now();
    conclude(one);
    const { openedAt, monitors: members } = one.incident;
    try {
      await ports.investigate?.(
        { openedAt, members, monitors: shown().monitors },
        (items) => {
          if (one.end.signal.aborted) return;
          one.evidence = mergeEvidence(one.evidence, items);
          conclude(one);
        },
        one.end.signal,
      );
    } catch (error) {
      if (!one.end.signal.aborted) ports.onTrouble(`The outage could not be looked into: ${faultOf(error).message}`);
    }
    if (one.end.signal.aborted) return;
    const isYoung = clock.now() - openedAt < againMs.youngForMs;
    plan(one, one.isStirred ? restMs : isYoung ? againMs.young : againMs.old);
  };

  const plan = (one: Case, ms: number): void => {
    one.cancelNext?.();
    one.cancelNext = clock.after(ms, () => void look(one));
  };

  /** While a look is under way, the next one is planned at its end. */
  const soon = (one: Case): void => {
    if (one.lookedAt !== null && one.cancelNext === null) one.isStirred = true;
    else plan(one, one.lookedAt === null ? settleMs : Math.max(settleMs, one.lookedAt + restMs - clock.now()));
  };

  const close = (id: string, one: Case): void => {
    one.end.abort();
    one.cancelNext?.();
    one.cancelThought?.();
    cases.delete(id);
  };

  return {
    follow(incidents) {
      for (const incident of incidents) {
        const known = cases.get(incident.id);
        if (incident.state === 'resolved') {
          if (known) close(incident.id, known);
          continue;
        }
        if (known) {
          const hasGrown = incident.monitors.length > known.incident.monitors.length;
          known.incident = incident;
          if (hasGrown) soon(known);
          continue;
        }
        const opened: Case = {
          ...{
            incident,
            evidence: incident.evidence,
            cancelNext: null,
            lookedAt: null,
            isStirred: false,
            cancelThought: null,
            told: '',
          },
          end: new AbortController(),
        };
        cases.set(incident.id, opened);
        soon(opened);
      }
    },
    stirred() {
      for (const one of cases.values()) {
        soon(one);
        if (one.lookedAt !== null) one.cancelThought ??= clock.after(settleMs, () => think(one));
      }
    },
    stop() {
      for (const [id, one] of cases) close(id, one);
    },
  };
}
