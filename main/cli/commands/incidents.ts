// `incidents`: the outages so far, newest first.
import { InvalidArgumentError } from 'commander';
import type { Incident } from '../../../shared/incident.ts';
import type { Colour } from '../../../shared/snapshot.ts';
import { duration, moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { lamps, type Out, told } from '../output.ts';
import type { Ended } from '../services.ts';

export const addIncidents: AddCommand = (program, run) => {
  const command = program
    .command('incidents')
    .description('List incidents, newest first.')
    .option('--limit <n>', 'how many at most', count, 20)
    .action((options: { readonly limit: number }) => run((context) => incidents(context, options)));
  withExamples(command, 'incidents', 'incidents --limit 5 --json');
};

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}

export async function incidents(context: Context, options: { readonly limit: number }): Promise<Ended> {
  const { services, place, out } = context;
  const book = await services.openBook(place);
  try {
    const list = book.incidents(null, options.limit).map((incident) => brought(incident, context.now()));
    out.answer(
      () => list,
      () => (list.length === 0 ? ['No incidents so far.'] : out.table(list.map((incident) => row(out, incident, context.now())))),
    );
  } finally {
    book.close();
  }
  return 0;
}

/** An open incident's duration runs on after it was last written. */
export function brought(incident: Incident, now: number): Incident {
  return incident.resolvedAt === null ? { ...incident, durationMs: Math.max(0, now - Date.parse(incident.openedAt)) } : incident;
}

const colourOf = { open: 'red', recovering: 'amber', resolved: 'green' } as const satisfies Record<string, Colour>;

/** Lamp and word of an incident's state. */
export function stateLamp(out: Out, state: Incident['state']): string {
  return out.paint(colourOf[state], `${lamps[colourOf[state]]} ${state}`);
}

function row(out: Out, incident: Incident, now: number): readonly string[] {
  return [
    stateLamp(out, incident.state),
    incident.id,
    moment(Date.parse(incident.openedAt), now),
    duration(incident.durationMs),
    told(incident.title),
  ];
}
