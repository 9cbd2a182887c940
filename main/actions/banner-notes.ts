// What a run of the banner knows about itself: written into the run's memory before each deed, read back by later steps, by
// taking back and after a crash.
import { z } from 'zod';
import { severity } from '../../shared/lever.ts';
import type { Json, Memory } from '../engine/levers.ts';
import { ProviderError } from '../providers/call.ts';
import type { StepContext } from './action.ts';

/** How the banner stands at the provider. */
const standing = z.object({
  on: z.boolean(),
  /** As users read it; null when it is off or of a shape that we do not know. */
  text: z.string().nullable(),
  severity: severity.nullable(),
  /** The row or the incident; null where there is none. */
  id: z.string().nullable(),
  /** What was stored, to be put back; means nothing unless it `existed`. */
  raw: z.json(),
  existed: z.boolean(),
});
export type Standing = z.infer<typeof standing>;

const notes = z.object({
  before: standing.nullable().catch(null),
  /** Off was asked for, and it is off: nothing was changed. */
  already: z.boolean().catch(false),
  /** When it goes off by itself, epoch ms; settled once, so that a resumed run does not move it. */
  until: z.number().nullable().catch(null),
  /** The provider was asked, whether or not its answer came. */
  written: z.boolean().catch(false),
  /** Whatever was written has reached what users see, as far as the provider says. */
  published: z.boolean().catch(false),
  /** It was taken back. */
  putBack: z.boolean().catch(false),
  /** Statuspage's incident, and whether somebody else had opened it. */
  incidentId: z.string().nullable().catch(null),
  adopted: z.boolean().catch(false),
  /** The notice before it was asked to be closed, which nothing undoes. */
  formerClosed: z.boolean().catch(false),
  /** When it was seen from outside as asked for, epoch ms. */
  verifiedAt: z.number().nullable().catch(null),
});
export type BannerNotes = z.infer<typeof notes>;

const key = 'banner';

export function readNotes(memory: Memory): BannerNotes {
  const sheet = memory[key];
  return notes.parse(typeof sheet === 'object' && sheet !== null && !Array.isArray(sheet) ? sheet : {});
}

/** Stored when it returns. */
export function note(context: StepContext, part: Partial<BannerNotes>): void {
  context.remember({ [key]: { ...readNotes(context.memory), ...part } as Json });
}

/** Does a deed that may have to be taken back: noted before it is done, and crossed out when the provider surely did not do it. */
export async function attempt(context: StepContext, deed: () => Promise<void>): Promise<void> {
  const earlier = readNotes(context.memory).written;
  note(context, { written: true });
  try {
    await deed();
  } catch (error: unknown) {
    if (error instanceof ProviderError && error.sent === 'no' && !context.signal.aborted) note(context, { written: earlier });
    throw error;
  }
}

/** The provider may have done it although its answer did not come: it has to be asked before it is told again. */
export function isUnanswered(error: unknown, signal: AbortSignal): boolean {
  return !signal.aborted && error instanceof ProviderError && error.sent === 'maybe';
}
