// One way of moving traffic as a step: left out once another has done it, given up with its reason when it does not work.
import { wayWords } from '../../shared/words.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import type { Leg, TrafficSettings } from './traffic-leg.ts';
import { type Notebook, openNotebook } from './traffic-notes.ts';
import { reasonOf } from './traffic-words.ts';

/** `done` and `gaveUp` are parts of a sentence, without its full stop. `done` only after production was seen to serve it. */
export type Attempt = { readonly done: string } | { readonly gaveUp: string };

export type Way = {
  readonly leg: Leg;
  readonly way: TrafficSettings['via'][number];
  readonly name: string;
  readonly limitMs: number;
  attempt(leg: Leg, context: StepContext, book: Notebook): Promise<Attempt>;
  takeBack(leg: Leg, context: StepContext): Promise<StepEnd>;
};

export function wayStep({ leg, way, name, limitMs, attempt, takeBack }: Way): Step {
  const { clock, settings } = leg.deps;
  const following = settings.via[settings.via.indexOf(way) + 1];
  return {
    name,
    limitMs,
    async run(context) {
      const book = openNotebook(context, leg.key);
      if (book.notes.served) return { skipped: `Production serves the ${leg.to} already.` };
      if (book.notes.way !== null && book.notes.way !== way) return { skipped: 'Not needed: traffic has moved.' };
      book.write({ beganAt: book.notes.beganAt ?? clock.now() });
      const outcome = await attempted(() => attempt(leg, context, book), context.signal);
      if ('gaveUp' in outcome) {
        book.write({ reasons: [...book.notes.reasons, `${wayWords(way)}: ${outcome.gaveUp}`] });
        return { gaveUp: `${sentence(outcome.gaveUp)}${following ? ` Trying ${wayWords(following)}.` : ''}` };
      }
      const verifiedAt = clock.now();
      book.write({ way, verifiedAt, switchedMs: Math.max(0, verifiedAt - (book.notes.beganAt ?? verifiedAt)) });
      return { done: `Switched: production serves the ${leg.to}. ${sentence(outcome.done)}` };
    },
    async undo(context) {
      const end = await takeBack(leg, context);
      const book = openNotebook(context, leg.key);
      if (book.notes.way === way) book.write({ way: null, verifiedAt: null });
      return end;
    },
    undoLimitMs: limitMs,
  };
}

async function attempted(attempt: () => Promise<Attempt>, signal: AbortSignal): Promise<Attempt> {
  try {
    return await attempt();
  } catch (error) {
    const reason = signal.aborted ? null : reasonOf(error);
    // What is neither a provider's refusal nor a fault that we foresaw is a mistake of ours and ends the run.
    if (reason === null) throw error;
    return { gaveUp: reason };
  }
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/[.\s]+$/, '')}.`;
}
