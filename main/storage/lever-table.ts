// What is known of each lever beyond its runs, one row each. Knows the shapes, not what they are for.
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { severity } from '../../shared/lever.ts';
import type { LeverMemory, LeverName } from '../engine/levers.ts';
import { parseStored, storedMemory } from './stored-state.ts';

const time = z.number();
const timeOrNull = z.number().nullable();
const textOrNull = z.string().nullable();

const shapes: { readonly [N in LeverName]: z.ZodType<LeverMemory[N]> } = {
  banner: z.object({
    on: z.boolean(),
    text: textOrNull,
    severity: severity.nullable(),
    expiresAt: timeOrNull,
    way: z.string(),
    verifiedAt: timeOrNull,
    handle: storedMemory,
  }),
  traffic: z.object({
    target: z.enum(['primary', 'standby', 'unknown']),
    way: textOrNull,
    verifiedAt: timeOrNull,
    at: time,
  }),
  twin: z.object({ deploymentId: z.string(), commit: textOrNull, liveCommit: textOrNull, at: time }),
  drill: z.object({ at: time, runId: z.string(), succeeded: z.boolean() }),
  dump: z.object({ at: time, name: z.string(), bytes: z.number() }),
  automation: z.object({ suggestedFor: textOrNull, switchedAt: timeOrNull }),
};

export type LeverTable = {
  recall<N extends LeverName>(name: N): LeverMemory[N] | null;
  remember<N extends LeverName>(name: N, value: LeverMemory[N]): void;
};

export function leverTable(sql: DatabaseSync): LeverTable {
  const read = sql.prepare('SELECT json FROM levers WHERE name = ?');
  const write = sql.prepare(
    'INSERT INTO levers (name, json) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json',
  );
  return {
    recall(name) {
      const row = read.get(name);
      return row ? parseStored(shapes[name], row.json, `what is known of the lever ${name}`) : null;
    },
    remember: (name, value) => void write.run(name, JSON.stringify(value)),
  };
}
