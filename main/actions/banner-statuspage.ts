// The banner as an incident on a page at Statuspage, which stands apart from everything that may be down.
import { FaultError } from '../../shared/fault.ts';
import type { Severity } from '../../shared/lever.ts';
import type { Journal } from '../engine/levers.ts';
import type { OpenIncident, StatuspageClient, StatuspageImpact } from '../providers/statuspage-management.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import { attempt, isUnanswered, note, readNotes, type Standing } from './banner-notes.ts';
import { type BannerWay, quoted, type Wanted } from './banner-way.ts';

const impacts: Readonly<Record<Severity, StatuspageImpact>> = { info: 'none', warning: 'minor', critical: 'major' };
const goodbye = 'This notice has ended.';
const mistaken = 'This notice was withdrawn.';
const replaced = 'A newer notice has taken the place of this one.';

/** Statuspage shows an incident's name as a headline. */
export const nameOf = (text: string): string => text.slice(0, 100).trim();

export type StatuspageBannerOptions = {
  readonly client: StatuspageClient;
  readonly journal: Pick<Journal, 'recall'>;
  readonly wanted: Wanted;
};

export function statuspageBanner(options: StatuspageBannerOptions): BannerWay {
  const { client, wanted } = options;
  return {
    name: 'statuspage',
    deed: wanted.on ? 'Open an incident at Statuspage' : 'Resolve the incident at Statuspage',
    publish: null,
    look: async (signal) => ({ standing: await lookAt(options, signal), findings: [], refusal: null }),
    changes: (standing, { on, text, severity }) => {
      const old = standing.on ? [`The incident ${quoted(standing.text)} on the status page is resolved.`] : [];
      const name = quoted(nameOf(text ?? ''));
      return on
        ? [`A new incident ${name} on the status page, impact “${impacts[severity]}”; subscribers are told.`, ...old]
        : old;
    },
    write: (context) => (wanted.on ? open(options, context) : close(client, context)),
    takeBack: (context) => takeBack(client, context, wanted),
    afterwards: wanted.on ? closeFormer(client) : null,
  };
}

/** Ours: remembered by its id, or of the text that we had put up. */
async function lookAt({ client, journal }: StatuspageBannerOptions, signal: AbortSignal): Promise<Standing> {
  const known = journal.recall('banner');
  const id = known?.on && known.way === 'statuspage' ? known.handle.incidentId : null;
  const open = id === null || id === undefined ? [] : await client.unresolved(signal);
  const ours = open.find((one) => one.id === id);
  const text = ours ? (known?.text ?? ours.name) : null;
  return {
    ...{ on: ours !== undefined, text, severity: ours ? (known?.severity ?? null) : null },
    ...{ id: ours?.id ?? null, raw: null, existed: ours !== undefined },
  };
}

/** Opening one is never sent twice without a look in between: every one of them writes to all subscribers. */
async function open({ client, wanted }: StatuspageBannerOptions, context: StepContext): Promise<StepEnd> {
  const { signal } = context;
  const text = wanted.text ?? '';
  const incident = { name: nameOf(text), body: text, impact: impacts[wanted.severity] };
  const { before, written } = readNotes(context.memory);
  const find = async (): Promise<OpenIncident | undefined> =>
    (await client.unresolved(signal)).find(({ name, id }) => name === incident.name && id !== before?.id);
  const there = await find();
  if (there) {
    // Of an attempt that was interrupted, or opened by hand: users see it either way.
    note(context, { written: true, published: true, incidentId: there.id, adopted: !written });
    return { done: `The incident ${there.id} of the same name is open already.` };
  }
  await attempt(context, async () => {
    const id = await openOnce(client, incident, find, context);
    note(context, { published: true, incidentId: id });
  });
  return { done: `The incident ${readNotes(context.memory).incidentId} is open.` };
}

async function openOnce(
  client: StatuspageClient,
  incident: Parameters<StatuspageClient['create']>[0],
  find: () => Promise<OpenIncident | undefined>,
  context: StepContext,
): Promise<string> {
  try {
    return (await client.create(incident, context.signal)).id;
  } catch (error: unknown) {
    if (!isUnanswered(error, context.signal)) throw error;
    context.tell('Statuspage did not answer; looking whether it opened the incident.');
    return (await find())?.id ?? (await client.create(incident, context.signal)).id;
  }
}

async function close(client: StatuspageClient, context: StepContext): Promise<StepEnd> {
  const id = readNotes(context.memory).before?.id;
  if (!id) return { skipped: 'No incident of ours is open.' };
  await attempt(context, () => resolve(client, id, goodbye, context.signal));
  note(context, { published: true });
  return { done: `The incident ${id} is resolved.` };
}

/** An incident cannot be unmade; resolved, it no longer says that something is wrong. */
async function takeBack(client: StatuspageClient, context: StepContext, wanted: Wanted): Promise<StepEnd> {
  const { written, adopted, incidentId, before } = readNotes(context.memory);
  if (!written) return { skipped: 'Nothing was opened.' };
  // Null when its answer was lost, and the run ended before it was looked for.
  const id = adopted ? null : (incidentId ?? (await newestOther(client, context, nameOf(wanted.text ?? ''), before?.id ?? null)));
  if (id !== null) await resolve(client, id, mistaken, context.signal);
  note(context, { putBack: true });
  if (adopted) return { skipped: 'The incident was open before; it was left alone.' };
  return id === null ? { skipped: 'No incident was opened.' } : { done: `The incident ${id} is resolved.` };
}

async function newestOther(
  client: StatuspageClient,
  context: StepContext,
  name: string,
  before: string | null,
): Promise<string | null> {
  const open = await client.unresolved(context.signal);
  return open.find((one) => one.name === name && one.id !== before)?.id ?? null;
}

function closeFormer(client: StatuspageClient): Step {
  return {
    name: 'Close the notice before it',
    limitMs: 30_000,
    async run(context) {
      const { before, incidentId } = readNotes(context.memory);
      if (!before?.id || before.id === incidentId) return { skipped: 'There was none.' };
      note(context, { formerClosed: true });
      try {
        await resolve(client, before.id, replaced, context.signal);
        return { done: `The incident ${before.id} is resolved.` };
      } catch (error: unknown) {
        // The new notice is up and seen: no reason to withdraw it.
        if (context.signal.aborted || !(error instanceof FaultError)) throw error;
        return { gaveUp: `${error.message} The notice before, ${before.id}, is still open: resolve it at Statuspage.` };
      }
    },
  };
}

/** Each of these writes to all subscribers too. */
async function resolve(client: StatuspageClient, id: string, body: string, signal: AbortSignal): Promise<void> {
  const isOpen = async (): Promise<boolean> => (await client.unresolved(signal)).some((one) => one.id === id);
  if (!(await isOpen())) return;
  try {
    await client.resolve(id, body, signal);
  } catch (error: unknown) {
    if (!isUnanswered(error, signal)) throw error;
    if (await isOpen()) await client.resolve(id, body, signal);
  }
}
