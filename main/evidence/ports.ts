// What the gathering of evidence needs from the rest, and what one place to look is.
import type { Evidence } from '../../shared/evidence.ts';
import type { Clock, Outage, Secrets } from '../engine/ports.ts';

export type { AddressMemory } from '../engine/ports.ts';

export type EvidenceSecrets = Secrets & {
  /** Every value given out so far. */
  knownValues(): readonly string[];
};

/** One place to look. `look` tells what it finds, in one piece or in several, and may reject: with a FaultError when its words are
 *  fit for people, with the signal's reason when that aborts. */
export type Source = {
  /** For people; the same at every look, so that a later word replaces an earlier one. */
  readonly name: string;
  look(outage: Outage, tell: (found: readonly Evidence[]) => void, signal: AbortSignal): Promise<void>;
};

/** How accounts at providers are asked: every request fills in its secret anew. */
export type Asking = {
  readonly fill: (text: string) => Promise<string>;
  readonly secrets: () => readonly string[];
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'now'>;
};

/** `at` of a piece of evidence. */
export const nowOf = ({ clock }: { readonly clock: Pick<Clock, 'now'> }): string => new Date(clock.now()).toISOString();

/** A provider client's options, out of its part of the settings. Asked once: the engine looks again in a minute, and waiting out
 *  a rate limit would use up the time there is. */
export function accountOf(token: string, { fill, secrets, userAgent }: Asking) {
  return { token: () => fill(token), secrets, userAgent, repeats: 0 };
}
