// What a diagnosis is made from: the monitors as they stand and what was found out. Plain values; nothing is looked up here.
import type { Evidence } from '../../../shared/evidence.ts';
import type { MonitorView } from '../../../shared/snapshot.ts';

export type Facts = {
  /** Epoch ms. */
  readonly at: number;
  /** The first failed check, epoch ms. */
  readonly openedAt: number;
  /** Ids of the monitors that were down in this outage, in the order they joined. */
  readonly members: readonly string[];
  /** All monitors, those of the outage included. */
  readonly monitors: readonly MonitorView[];
  /** Whether this machine is known to be online. */
  readonly online: boolean;
  /** Newest first where two say the same of one source. */
  readonly evidence: readonly Evidence[];
};
