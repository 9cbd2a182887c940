// `incident show|note|ack`: read one incident, add to its timeline, or say that someone is on it. Changes go through the
// inbox in the database, so that a running engine carries them out and every window sees them at once.
import { setTimeout as sleep } from 'node:timers/promises';
import { byUrgency } from '../../../shared/apply.ts';
import { FaultError } from '../../../shared/fault.ts';
import { type Incident, incidentId } from '../../../shared/incident.ts';
import { methods } from '../../../shared/ipc.ts';
import { clockTime, duration, moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { type Out, told } from '../output.ts';
import type { Book, CommandWish, Ended } from '../services.ts';
import { brought, stateLamp } from './incidents.ts';

export const addIncident: AddCommand = (program, run) => {
  const group = program.command('incident').description('Show an incident, note something in it, or acknowledge it.');
  withExamples(group, 'incident show inc-20260102-030405', 'incident note "Rolled back the deploy"', 'incident ack');
  type Options = { readonly id?: string };
  const idOption = ['--id <id>', 'which incident; the open one when left out'] as const;

  const showing = group
    .command('show')
    .description('Show one incident with its timeline.')
    .argument('<id>', 'as listed by `signalbox incidents`')
    .action((id: string) => run((context) => show(context, id)));
  withExamples(showing, 'incident show inc-20260102-030405');

  const noting = group
    .command('note')
    .description('Add a note to the timeline, with the present time.')
    .argument('<text>', 'what to write down')
    .option(...idOption)
    .action((text: string, options: Options) => run((context) => note(context, text, options.id ?? null)));
  withExamples(noting, 'incident note "Render support answered"');

  const acknowledging = group
    .command('ack')
    .description('Acknowledge the incident: reminders stop, the signal turns amber.')
    .option(...idOption)
    .action((options: Options) => run((context) => acknowledge(context, options.id ?? null)));
  withExamples(acknowledging, 'incident ack');
};

export async function show(context: Context, id: string): Promise<Ended> {
  const { out } = context;
  return await withBook(context, async (book) => {
    const incident = brought(find(book, id), context.now());
    out.answer(
      () => incident,
      () => lines(out, incident, context.now()),
    );
    return 0;
  });
}

export async function note(context: Context, text: string, id: string | null): Promise<Ended> {
  return await withBook(context, async (book) => {
    const incident = id === null ? openOne(book) : find(book, id);
    const parsed = methods['incident.note'].input.safeParse({ id: incident.id, text });
    if (!parsed.success) {
      throw new FaultError({
        code: 'note-unfit',
        message: 'A note needs between 1 and 2,000 characters.',
        next: 'Shorten it, or write several.',
      });
    }
    return await tell(context, book, { type: 'note', incidentId: incident.id, text: parsed.data.text }, 'Noted in');
  });
}

export async function acknowledge(context: Context, id: string | null): Promise<Ended> {
  return await withBook(context, async (book) => {
    const incident = id === null ? openOne(book) : find(book, id);
    if (incident.state === 'resolved') {
      throw new FaultError({
        code: 'incident-resolved',
        message: `Incident ${incident.id} is already over.`,
        next: 'There is nothing left to acknowledge; `signalbox incident note` still adds to it.',
        exitCode: 1,
      });
    }
    return await tell(context, book, { type: 'acknowledge', incidentId: incident.id }, 'Acknowledged:');
  });
}

async function withBook(context: Context, work: (book: Book) => Promise<Ended>): Promise<Ended> {
  const book = await context.services.openBook(context.place);
  try {
    return await work(book);
  } finally {
    book.close();
  }
}

function find(book: Book, id: string): Incident {
  const incident = incidentId.safeParse(id).success ? book.incident(id) : null;
  if (incident) return incident;
  throw new FaultError({
    code: 'unknown-incident',
    message: `There is no incident "${told(id).slice(0, 64)}".`,
    next: 'See `signalbox incidents` for those there are.',
  });
}

/** The most pressing incident that is not over. Those are recent: the newest hundred hold them all. */
function openOne(book: Book): Incident {
  const [incident] = book
    .incidents(null, 100)
    .filter(({ state }) => state !== 'resolved')
    .sort(byUrgency);
  if (incident) return incident;
  throw new FaultError({
    code: 'no-open-incident',
    message: 'No incident is open.',
    next: 'Name one with --id; see `signalbox incidents`.',
    exitCode: 1,
  });
}

const patienceMs = 5_000;
const askEveryMs = 50;

/** Puts the wish into the inbox and waits until it is carried out: by the running engine, or by us when none runs. */
async function tell(context: Context, book: Book, wish: CommandWish, said: string): Promise<Ended> {
  const { services, place, out } = context;
  const id = book.addWish(wish, context.now());
  if ((await services.running(place)) === null) await services.applyWishes(place);
  else await untilDone(context, book, id);

  const incident = book.incident(wish.incidentId);
  if (incident === null) throw new Error('the incident vanished from the history');
  if (!book.wishDone(id)) out.note('It is stored; the running engine is busy and will take it up when it can.');
  out.answer(
    () => brought(incident, context.now()),
    () => [`${said} ${incident.id} (${told(incident.title)}).`],
  );
  return 0;
}

async function untilDone(context: Context, book: Book, id: number): Promise<void> {
  for (let waited = 0; waited < patienceMs && !book.wishDone(id); waited += askEveryMs) {
    await sleep(askEveryMs, undefined, { signal: context.signal });
  }
}

function lines(out: Out, incident: Incident, now: number): readonly string[] {
  const time = (at: string): string => moment(Date.parse(at), now);
  const facts: (readonly [string, string])[] = [
    ['State', stateLamp(out, incident.state)],
    ['Started', time(incident.openedAt)],
    ['Detected', time(incident.detectedAt)],
    ...(incident.acknowledgedAt ? [['Acknowledged', time(incident.acknowledgedAt)] as const] : []),
    ...(incident.mitigatedAt ? [['Mitigated', time(incident.mitigatedAt)] as const] : []),
    ...(incident.resolvedAt ? [['Resolved', time(incident.resolvedAt)] as const] : []),
    [incident.resolvedAt ? 'Lasted' : 'Lasting', duration(incident.durationMs)],
    ['Monitors', incident.monitors.join(', ')],
    ...(incident.diagnosis ? [['Likely cause', told(incident.diagnosis.sentence)] as const] : []),
  ];
  return [
    `${told(incident.title)}  ${out.faint(incident.id)}`,
    '',
    ...out.table(facts),
    '',
    ...out.table(incident.timeline.map((entry) => [clockTime(Date.parse(entry.at)), entry.kind, told(entry.text)])),
  ];
}
