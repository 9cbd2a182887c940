// The last checks of every monitor, for the strips in its row. Fetched once after each snapshot, then kept by events.
import type { Strip } from '../shared/ipc.ts';
import type { Observation } from '../shared/observation.ts';

/** A strip shows at most this many checks. */
export const stripLength = 60;

const initials = { up: 'u', degraded: 'g', down: 'd', unknown: 'n' } as const;

/** An observation in the compact form that `history.strips` uses. */
export function stripOf(observation: Observation): Strip {
  return [Date.parse(observation.at), initials[observation.outcome], observation.latencyMs, observation.error?.message ?? null];
}

const none: readonly Strip[] = [];

/** Lists per monitor id, oldest first; a list is replaced whenever it changes, so that identity tells. */
export class Strips {
  readonly #lists = new Map<string, readonly Strip[]>();

  of(id: string): readonly Strip[] {
    return this.#lists.get(id) ?? none;
  }

  /** Appends a check; one that is not newer than the last is already there. */
  add(id: string, strip: Strip): void {
    const list = this.of(id);
    const newest = list.at(-1);
    if (newest && newest[0] >= strip[0]) return;
    this.#lists.set(id, [...list.slice(1 - stripLength), strip]);
  }

  /** Takes over what the history knows and keeps what arrived while it was being asked. */
  load(fetched: Readonly<Record<string, readonly Strip[]>>): void {
    for (const [id, list] of Object.entries(fetched)) {
      const newest = list.at(-1)?.[0] ?? 0;
      const since = this.of(id).filter((strip) => strip[0] > newest);
      this.#lists.set(id, [...list, ...since].slice(-stripLength));
    }
  }
}
