// What one move of traffic knows about itself: written into the run's memory before each deed, read back by later steps, by
// taking back, and after a crash. A drill keeps two such sheets in one run, there and back. No credential is among it.
import { z } from 'zod';
import type { Json, Memory } from '../engine/levers.ts';
import type { StepContext } from './action.ts';

const deployment = z.object({ id: z.string(), commit: z.string().nullable() });

const notes = z.object({
  /** Whom production served before. */
  from: z.enum(['primary', 'standby', 'unknown']).catch('unknown'),
  /** Production served the wanted address before anything was done. */
  served: z.boolean().catch(false),
  /** The same, and the next build will too: nothing is to be done. */
  already: z.boolean().catch(false),
  /** What was live before. */
  before: deployment.nullable().catch(null),
  /** What was live at the end. */
  after: deployment.nullable().catch(null),
  /** Our change of the variable. `before` is null when there was no row. */
  env: z.object({ row: z.string().nullable(), before: z.string().nullable(), to: z.string() }).nullable().catch(null),
  /** Our change of the Global Config item; `before` counts only when it `existed`. */
  config: z.object({ existed: z.boolean(), before: z.json() }).nullable().catch(null),
  /** Deployments that we promoted or created. */
  ours: z.array(z.string()).catch([]),
  wokeMs: z.number().nullable().catch(null),
  way: z.string().nullable().catch(null),
  /** When production was last seen to serve the new address, epoch ms. */
  verifiedAt: z.number().nullable().catch(null),
  /** From the first deed to the first look that saw it, ms. */
  switchedMs: z.number().nullable().catch(null),
  /** When the first deed began, epoch ms. */
  beganAt: z.number().nullable().catch(null),
  /** Why ways did not work. */
  reasons: z.array(z.string()).catch([]),
  /** What a person should know although it worked. */
  warnings: z.array(z.string()).catch([]),
});
export type Notes = z.infer<typeof notes>;
export type KnownDeployment = z.infer<typeof deployment>;

/** The sheet called `key`; a blank one when nothing was written yet. */
export function readNotes(memory: Memory, key: string): Notes {
  const sheet = memory[key];
  return notes.parse(typeof sheet === 'object' && sheet !== null && !Array.isArray(sheet) ? sheet : {});
}

export type Notebook = {
  readonly notes: Notes;
  /** Stored when it returns. */
  write(part: Partial<Notes>): void;
  warn(sentence: string): void;
};

/** The sheet called `key`, for one step. */
export function openNotebook(context: StepContext, key: string): Notebook {
  let current = readNotes(context.memory, key);
  const write = (part: Partial<Notes>): void => {
    current = { ...current, ...part };
    context.remember({ [key]: current as Json });
  };
  return {
    get notes() {
      return current;
    },
    write,
    warn(sentence) {
      if (!current.warnings.includes(sentence)) write({ warnings: [...current.warnings, sentence] });
    },
  };
}
