// A postmortem as Markdown, in the shape of the first user's own reports. What is known stands in blocks that are brought up to
// date (postmortem-merge.ts); blanks for people stand outside of them. All text from outside goes through `inMarkdown`.
import type { EvidenceLine } from '../../shared/evidence.ts';
import { byteSize, byWords, clockTime, duration, wayWords } from '../../shared/words.ts';
import { inMarkdown } from './markdown.ts';
import type { Milestone, Postmortem, Response } from './postmortem.ts';
import { type Block, firstPage, mergePage, type Page } from './postmortem-merge.ts';

/** The page; `previous` is what the file holds now, with what a person wrote into it. */
export function postmortemPage(report: Postmortem, previous: string | null): string {
  const page = pageOf(report);
  return previous === null || previous.trim() === '' ? firstPage(page) : mergePage(previous, page);
}

/** Whose postmortem a text is; null when it is none. */
export function incidentOfPage(text: string): string | null {
  return /^<!-- signalbox:postmortem (inc-[\d-]{8,24}) -->\s*$/m.exec(text)?.[1] ?? null;
}

const blank = (what: string): string => `_To fill in: ${what}_`;

function pageOf(report: Postmortem): Page {
  const block = (name: string, lines: readonly string[]): Block => ({ name, lines: [...lines] });
  return [
    block('title', [`# Postmortem: ${inMarkdown(report.title, 300)}`]),
    `<!-- signalbox:postmortem ${report.incident} -->`,
    '',
    ...['## Basic information', '', block('basic', basic(report)), ''],
    ...[`- **Written by:** ${blank('names')}`, ''],
    ...['## Incident summary', '', block('summary', summary(report)), ''],
    ...[`- **As users saw it:** ${blank('what did not work for whom, and who wrote in')}`, ''],
    ...['## Root cause', '', '### Preliminary', '', block('cause', cause(report)), ''],
    ...['### Confirmed', '', blank('what it turned out to be, and how that is known'), ''],
    ...['### Contributing', '', blank('what made it possible, worse or longer'), ''],
    ...['## Timeline', '', block('timeline', timeline(report)), ''],
    ...['## Response and mitigation', '', block('response', response(report)), ''],
    ...[blank('what was done beside that, and by whom'), ''],
    ...['## Lessons learned', '', `- What went well: ${blank('…')}`, `- What went badly: ${blank('…')}`],
    ...[`- Where we were lucky: ${blank('…')}`, ''],
    ...['## Action items', '', block('actions', actions(report)), ''],
    ...[`- [ ] ${blank('what, who, until when')}`, ''],
    ...['## Updates', '', blank('what was learned later, with the date')],
  ];
}

function basic(report: Postmortem): readonly string[] {
  const { startedAt, resolvedAt, timeZone } = report;
  const start = Date.parse(startedAt);
  const end = resolvedAt === null ? null : Date.parse(resolvedAt);
  const sameDay = end === null || day(start, timeZone) === day(end, timeZone);
  const from = clockTime(start, timeZone);
  const zone = timeZone === 'UTC' ? 'UTC' : `${inMarkdown(timeZone, 60)}, ${offset(start, timeZone)}`;
  const span =
    end === null ? `since ${from}` : `${from} to ${sameDay ? '' : `${day(end, timeZone)}, `}${clockTime(end, timeZone)}`;
  return [
    `- **Date:** ${day(start, timeZone)}`,
    `- **Time:** ${span} (${zone})`,
    `- **Duration:** ${end === null ? 'not over yet' : duration(report.durationMs)}`,
    `- **Application:** ${inMarkdown(report.app, 100)}, ${inMarkdown(report.environment, 50)}`,
    `- **Incident:** \`${report.incident}\``,
    ...report.milestones.slice(1).map((milestone) => milestoneLine(milestone, report)),
  ];
}

const names = {
  started: 'Started',
  detected: 'Detected',
  acknowledged: 'Acknowledged',
  mitigated: 'Mitigated',
  resolved: 'Resolved',
} as const satisfies Record<Milestone['name'], string>;

const missing = {
  started: 'not known',
  detected: 'not known',
  acknowledged: 'by nobody, in Signalbox',
  mitigated: 'not by a lever',
  resolved: 'not yet',
} as const satisfies Record<Milestone['name'], string>;

function milestoneLine({ name, at, afterMs }: Milestone, report: Postmortem): string {
  const after = afterMs === null ? '' : `, ${duration(afterMs)} after the start`;
  return `- **${names[name]}:** ${at === null ? missing[name] : time(at, report)}${after}`;
}

function summary({ type, services, impact }: Postmortem): readonly string[] {
  return [
    `- **Type:** ${inMarkdown(type, 1_000)}`,
    `- **Affected services:** ${services.map((name) => inMarkdown(name, 100)).join(', ') || 'none named'}`,
    `- **User impact:** ${impact.join(' ')}`,
  ];
}

/** Of what was found out beside the diagnosis. */
const mostEvidence = 60;

function cause(report: Postmortem): readonly string[] {
  const { evidence } = report;
  const { preliminary } = report.cause;
  const said = preliminary
    ? [
        `${inMarkdown(preliminary.sentence)} (${preliminary.confidence} confidence, by Signalbox)`,
        ...listed('What speaks for it:', preliminary.evidence, report),
        ...listed('What speaks against it:', preliminary.against, report),
        ...(preliminary.others.length === 0 ? [] : ['', 'Other causes that the evidence allows:', '']),
        ...preliminary.others.map(({ sentence, confidence }) => `- ${inMarkdown(sentence)} (${confidence} confidence)`),
      ]
    : ['Signalbox found no cause.'];
  const shown = evidence.slice(0, mostEvidence);
  const more = evidence.length - shown.length;
  return [
    ...said,
    ...listed('What else was found out:', shown, report),
    ...(more > 0 ? [`- and ${more} more, in \`signalbox incident show ${report.incident}\``] : []),
  ];
}

function listed(heading: string, lines: readonly EvidenceLine[], report: Postmortem): readonly string[] {
  if (lines.length === 0) return [];
  return [
    '',
    heading,
    '',
    ...lines.map(({ at, source, text }) => `- ${time(at, report)}, ${inMarkdown(source, 200)}: ${inMarkdown(text)}`),
  ];
}

const kinds = {
  check: 'check',
  incident: 'incident',
  alert: 'alert',
  action: 'lever',
  note: 'note',
  provider: 'provider',
  diagnosis: 'diagnosis',
  engine: 'Signalbox',
} as const;

function timeline(report: Postmortem): readonly string[] {
  return report.timeline.map(({ at, kind, text }) => `- **${time(at, report)}** (${kinds[kind]}) ${inMarkdown(text)}`);
}

function response(report: Postmortem): readonly string[] {
  const acknowledged = report.milestones.find(({ name }) => name === 'acknowledged')?.at ?? null;
  const seen =
    acknowledged === null
      ? 'Nobody acknowledged it in Signalbox.'
      : `Acknowledged at ${time(acknowledged, report)}; reminders stopped.`;
  if (report.response.length === 0) return [`- ${seen}`, '- No lever was pulled.'];
  return [`- ${seen}`, ...report.response.map((pulled) => lever(pulled, report))];
}

function lever(pulled: Response, report: Postmortem): string {
  const { title, by, startedAt, finishedAt, state, verified, problem, result } = pulled;
  const took = finishedAt === null ? '' : ` after ${duration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
  const ends = {
    running: 'still under way',
    succeeded: verified ? `verified from outside${took}` : verified === false ? `done${took}, not verified` : `done${took}`,
    failed: `failed${took}`,
    cancelled: `cancelled${took}`,
    interrupted: 'interrupted',
  } as const;
  const words = by ? `, ${byWords(by)}` : '';
  const details = detailsOf(result);
  return (
    `- **${time(startedAt, report)}** ${inMarkdown(title, 200)}${words}: ${ends[state]}` +
    `${problem === null ? '' : `: ${inMarkdown(problem, 1_000)}`}${details === '' ? '' : ` (${details})`}`
  );
}

/** What of a run's result (DESIGN section 9) belongs in a report. */
function detailsOf(result: Readonly<Record<string, unknown>>): string {
  const text = (name: string): string | null => (typeof result[name] === 'string' && result[name] !== '' ? result[name] : null);
  const [way, said, file, sha256] = [text('way'), text('text'), text('file'), text('sha256')];
  const { bytes } = result;
  return [
    way && `by ${inMarkdown(wayWords(way), 60)}`,
    said && `“${inMarkdown(said, 500)}”`,
    file && inMarkdown(file.replace(/^.*[/\\]/, ''), 300),
    typeof bytes === 'number' && Number.isFinite(bytes) && bytes >= 0 ? byteSize(bytes) : null,
    sha256 && `SHA-256 \`${sha256.replace(/[^0-9a-f]/gi, '').slice(0, 64)}\``,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function actions({ cause: { preliminary }, response: pulled }: Postmortem): readonly string[] {
  const suggestion = preliminary?.suggestion ? [`- [ ] ${inMarkdown(preliminary.suggestion, 1_000)}`] : [];
  const failed = pulled
    .filter(({ state }) => state === 'failed' || state === 'interrupted')
    .map(({ title, startedAt }) => `- [ ] Find out why “${inMarkdown(title, 200)}” did not work (${startedAt.slice(0, 16)}Z)`);
  const all = [...suggestion, ...failed];
  return all.length > 0 ? all : ['Signalbox proposes none.'];
}

/** The time of day where the outage kept to one day, else with its date. */
function time(at: string, { startedAt, timeZone, ...report }: Postmortem): string {
  const ms = Date.parse(at);
  const today = day(Date.parse(startedAt), timeZone);
  const last = report.timeline.at(-1)?.at ?? startedAt;
  const keepsToOneDay = day(Date.parse(last), timeZone) === today && day(ms, timeZone) === today;
  return keepsToOneDay ? clockTime(ms, timeZone) : `${shortDay(ms, timeZone)}, ${clockTime(ms, timeZone)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept: making one takes longer than using it a hundred times, and a long timeline asks thousands of times. */
function format(name: string, options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = `${name} ${timeZone}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  formats.set(key, known);
  return known;
}

function day(ms: number, timeZone: string): string {
  return format('day', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, timeZone).format(ms).replace(',', '');
}

function shortDay(ms: number, timeZone: string): string {
  return format('short day', { day: 'numeric', month: 'short' }, timeZone).format(ms);
}

/** `GMT+2`. */
function offset(ms: number, timeZone: string): string {
  const named = format('offset', { timeZoneName: 'shortOffset' }, timeZone).formatToParts(ms);
  return named.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
}
