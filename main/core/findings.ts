// What was found out about an outage becomes part of it: the newest word of each source, and entries in the timeline where
// something changed. Where it comes from and what it means are decided elsewhere.
import type { Deploy, Evidence, EvidenceOf } from '../../shared/evidence.ts';
import type { Diagnosis } from '../../shared/incident.ts';
import { plainText } from '../../shared/redact.ts';
import type { MonitorView } from '../../shared/snapshot.ts';
import { note } from './incidents.ts';
import type { IncidentState } from './model.ts';

const mostEvidence = 60;
/** A deploy this long before the first failed check may have to do with it. */
const deployBeforeMs = 3_600_000;

/** `earlier` with what was found since, newest first. Something found is not lost because it could not be found again. */
export function mergeEvidence(earlier: readonly Evidence[], found: readonly Evidence[]): readonly Evidence[] {
  const fresh = found.filter(
    (item) => item.kind !== 'missing' || !earlier.some((old) => isReal(old) && old.source === item.source),
  );
  const kept = earlier.filter((old) => !fresh.some((item) => replaces(item, old)));
  return [...fresh, ...kept].slice(0, mostEvidence);
}

/** What the providers' pages said at their monitors' last look. */
export function pagesOf(monitors: readonly MonitorView[]): readonly Evidence[] {
  return monitors.flatMap(({ name, last }) =>
    last?.provider
      ? [
          {
            kind: 'provider-page' as const,
            source: plainText(`${name}’s status page`, 200),
            at: last.at,
            provider: plainText(name, 200),
            report: last.provider,
          },
        ]
      : [],
  );
}

const isReal = ({ kind }: Evidence): boolean => kind !== 'missing';

function replaces(item: Evidence, old: Evidence): boolean {
  return item.source === old.source && (item.kind === old.kind || old.kind === 'missing');
}

/** The incident with `evidence` (all there is) and `diagnosis`; what is new in them is told in its timeline. */
export function found(incident: IncidentState, at: number, evidence: readonly Evidence[], diagnosis: Diagnosis): IncidentState {
  const news = evidence.flatMap((item) => newsOf(item, incident.evidence, incident.openedAt));
  // What was found out stands until something as sure takes its place: traces fade before outages end.
  const fades = isGuess(diagnosis) && !isGuess(incident.diagnosis);
  let next: IncidentState = { ...incident, evidence, diagnosis: fades ? incident.diagnosis : diagnosis };
  for (const { text, data } of news) next = note(next, at, 'provider', text, data);
  if (fades || !isNews(incident.diagnosis, diagnosis)) return next;
  const { rule, confidence, sentence } = diagnosis;
  return note(next, at, 'diagnosis', `${likely[confidence]}: ${sentence}`, { rule, confidence });
}

const isGuess = (one: Diagnosis | null): boolean => one === null || one.confidence === 'low';

const likely = { high: 'Very likely', medium: 'Likely', low: 'Possibly' } as const;

/** A guess is worth a line only when something better was believed before. */
function isNews(before: Diagnosis | null, now: Diagnosis): boolean {
  if (isGuess(before) && isGuess(now)) return false;
  if (before === null) return true;
  return before.rule !== now.rule || before.confidence !== now.confidence || before.sentence !== now.sentence;
}

type News = { readonly text: string; readonly data: Readonly<Record<string, string>> };

function newsOf(item: Evidence, earlier: readonly Evidence[], openedAt: number): readonly News[] {
  if (item.kind === 'provider-page')
    return pageNews(
      item,
      earlier.find((old) => sameSource(item, old)),
    );
  if (item.kind === 'deploys')
    return deployNews(
      item,
      earlier.find((old) => sameSource(item, old)),
      openedAt,
    );
  return [];
}

function sameSource<K extends Evidence['kind']>(item: EvidenceOf<K>, old: Evidence): old is EvidenceOf<K> {
  return old.kind === item.kind && old.source === item.source;
}

type Page = EvidenceOf<'provider-page'>;

function pageNews(page: Page, before: Page | undefined): readonly News[] {
  const concerning = ofConcern(page);
  const known = new Map((before ? ofConcern(before) : []).map((one) => [one.name, one]));
  const data = { provider: page.provider };
  const changed = concerning.filter((one) => {
    const old = known.get(one.name);
    return old?.status !== one.status || old.lastUpdate !== one.lastUpdate;
  });
  const said = changed.map(({ name, status, impact, lastUpdate, url }) => {
    const words = lastUpdate ? ` - ${lastUpdate}` : '';
    return { text: plainText(`${page.provider}: “${name}” (${impact}, ${status})${words}${url ? ` ${url}` : ''}`, 1_000), data };
  });
  const isOver = known.size > 0 && concerning.length === 0;
  return isOver
    ? [...said, { text: plainText(`${page.provider} no longer reports trouble that concerns us.`, 300), data }]
    : said;
}

const ofConcern = ({ report }: Page): Page['report']['incidents'] =>
  report.incidents.filter(({ concernsUs, status }) => concernsUs && !/^(resolved|completed|postmortem)$/i.test(status));

type Deploys = EvidenceOf<'deploys'>;

const deployWords: Readonly<Record<Deploy['state'], string>> = {
  queued: 'is queued',
  building: 'is being built',
  live: 'is live',
  failed: 'has failed',
  cancelled: 'was cancelled',
  replaced: 'was replaced',
};

function deployNews({ provider, service, deploys }: Deploys, before: Deploys | undefined, openedAt: number): readonly News[] {
  const states = new Map(before?.deploys.map(({ id, state }) => [id, state]));
  return deploys
    .filter(({ id, state, createdAt }) => Date.parse(createdAt) >= openedAt - deployBeforeMs && states.get(id) !== state)
    .filter(({ state }) => state !== 'replaced')
    .toReversed()
    .map(({ id, state, commit }) => ({
      text: plainText(`${service}: the deploy ${commit ? `“${commit}”` : id} ${deployWords[state]}.`, 500),
      data: { provider, deploy: id },
    }));
}
