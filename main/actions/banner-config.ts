// The banner as an item of Vercel's Global Config, which the front end reads at run time: seconds, and no build.
//
// The item's value is one JSON object, also while the banner is off, so that a front end can rely on its shape:
//   on   { "on": true,  "text": "…", "severity": "info" | "warning" | "critical", "id": "<run>", "until": "<ISO time>" | null }
//   off  { "on": false, "text": null, "severity": null, "id": "<run>", "until": null }
// `until` lets a page hide the banner by itself when nobody is there to take it down.
import { z } from 'zod';
import { severity } from '../../shared/lever.ts';
import type { Json } from '../engine/levers.ts';
import type { VercelClient } from '../providers/vercel-model.ts';
import type { StepContext, StepEnd } from './action.ts';
import { attempt, isUnanswered, note, readNotes, type Standing } from './banner-notes.ts';
import { type BannerWay, inWords, type Wanted } from './banner-way.ts';

const item = z.object({
  on: z.boolean().default(true),
  text: z.string().nullable().catch(null).default(null),
  severity: severity.nullable().catch(null).default(null),
  id: z.string().nullable().catch(null).default(null),
});

export function configBanner(vercel: VercelClient, place: { readonly configId: string; readonly key: string }): BannerWay {
  const { configId, key } = place;
  const read = (signal: AbortSignal): Promise<unknown> => vercel.configItem(configId, key, signal);
  return {
    name: 'global-config',
    deed: 'Write it to Global Config',
    publish: null,
    afterwards: null,
    look: async (signal) => ({ standing: standingOf(await read(signal)), findings: [], refusal: null }),
    changes: (standing, wanted) => [
      `The item “${key}” of Global Config ${configId}: from ${inWords(standing)} to ${inWords(wanted)}.`,
    ],
    async write(context, wanted, until) {
      const value = itemOf(wanted, context.runId, until);
      await attempt(context, () => put(vercel, place, value, context.signal));
      note(context, { published: true });
      return { done: wanted.on ? 'Global Config has it.' : 'Global Config has none any more.' };
    },
    takeBack: (context) => takeBack(vercel, place, context),
  };
}

function itemOf({ on, text, severity: weight }: Wanted, id: string, until: number | null): Json {
  if (!on) return { on: false, text: null, severity: null, id, until: null };
  return { on: true, text, severity: weight, id, until: until === null ? null : new Date(until).toISOString() };
}

/** A plain text, as somebody may have written it by hand, is a banner too. */
function standingOf(raw: unknown): Standing {
  const existed = raw !== undefined;
  const stored = { raw: (raw ?? null) as Json, existed } as Pick<Standing, 'raw' | 'existed'>;
  if (typeof raw === 'string') return { ...stored, on: raw !== '', text: raw || null, severity: null, id: null };
  const parsed = item.safeParse(raw);
  if (!parsed.success) return { ...stored, on: raw !== undefined && raw !== null, text: null, severity: null, id: null };
  const { on, text, severity: weight, id } = parsed.data;
  const shows = on && text !== '';
  return { ...stored, on: shows, text: shows ? text : null, severity: shows ? weight : null, id };
}

/** Writing the same value twice does no harm; a lost answer is still followed by a look first. */
async function put(
  vercel: VercelClient,
  { configId, key }: { readonly configId: string; readonly key: string },
  value: Json | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    await vercel.writeConfigItem(configId, key, value, signal);
  } catch (error: unknown) {
    if (!isUnanswered(error, signal)) throw error;
    const now = await vercel.configItem(configId, key, signal);
    if (sameJson(now, value)) return;
    await vercel.writeConfigItem(configId, key, value, signal);
  }
}

async function takeBack(
  vercel: VercelClient,
  place: { readonly configId: string; readonly key: string },
  context: StepContext,
): Promise<StepEnd> {
  const { before, written } = readNotes(context.memory);
  if (!written || before === null) return { skipped: 'Nothing was written.' };
  const now = await vercel.configItem(place.configId, place.key, context.signal);
  const was = before.existed ? (before.raw as Json) : undefined;
  if (sameJson(now, was)) {
    note(context, { putBack: true });
    return { done: 'Global Config has what it had before.' };
  }
  if (standingOf(now).id !== context.runId) {
    note(context, { putBack: true });
    return { skipped: 'Somebody has written another banner since; it was left alone.' };
  }
  await put(vercel, place, was, context.signal);
  note(context, { putBack: true });
  return { done: `Put back: ${inWords(before)}.` };
}

/** Whatever the order of the fields. */
function sameJson(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
