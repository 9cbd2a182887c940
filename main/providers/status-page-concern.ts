// What of a status page concerns us: our components, and the incidents that touch them or name their group. Everything else
// on the page is somebody else's trouble. Pure.
import type { ProviderReport } from '../../shared/observation.ts';
import { plainText } from '../../shared/redact.ts';
import { isTrouble, type PageComponent, type PageIncident, type Severity, type StatusPage, worst } from './status-page-model.ts';

/** What a page means for the components we named. */
export type Concern = {
  readonly severity: Severity;
  /** One sentence when there is trouble or work under way; null when all is well. */
  readonly sentence: string | null;
  /** Names from settings that the page does not have, each with the closest names it does have. */
  readonly missing: readonly { readonly name: string; readonly close: readonly string[] }[];
  readonly report: ProviderReport;
};

/** Judges `page` for the `wanted` components (`Group / Child`, or a top-level name); with none, for all of it.
 *  `host` stands in for a page without a name. */
export function concern(page: StatusPage, wanted: readonly string[], host: string): Concern {
  const mine = wanted.length === 0 ? [] : wanted.flatMap((name) => matching(page, name));
  const known = page.components !== null && page.components.length > 0;
  const incidents = page.incidents.map((one) => ({ one, ours: wanted.length === 0 || concernsUs(one, mine, wanted, page) }));
  const ours = incidents.filter((item) => item.ours).map((item) => item.one);
  // The indicator speaks for the whole page. With components named it is used only where neither a list of components nor
  // an open incident says what it is about.
  const general = wanted.length === 0 || (!known && page.incidents.length === 0) ? [page.indicator] : [];
  const severity = worst([...general, ...mine.map((one) => one.severity), ...ours.map((one) => one.severity)]);
  const name = plainText(page.name ?? host, 200) || host;
  return {
    severity,
    sentence: severity === 'none' ? null : sentenceOf(name, severity, mine, ours),
    missing: known
      ? wanted.filter((one) => matching(page, one).length === 0).map((one) => ({ name: one, close: closest(page, one) }))
      : [],
    report: {
      page: name,
      format: page.format,
      severity,
      components: shownComponents(page, mine, wanted).map(({ status, ...one }) => ({
        name: plainText(pathOf(one), 300),
        status: plainText(status, 60),
      })),
      incidents: incidents
        .sort((a, b) => Number(b.ours) - Number(a.ours))
        .slice(0, 50)
        .map((item) => toReport(item.one, item.ours)),
    },
  };
}

function pathOf(component: Pick<PageComponent, 'name' | 'group'>): string {
  return component.group === null ? component.name : `${component.group} / ${component.name}`;
}

function same(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

// A child's name repeats in every group, so a name without its group is a top-level component, a whole group, or, where it
// is the only one of that name on the page, that child.
function matching(page: StatusPage, wanted: string): PageComponent[] {
  const list = page.components ?? [];
  const name = same(wanted);
  const exact = list.filter((one) => same(pathOf(one)) === name);
  if (exact.length > 0) return exact;
  const group = list.filter((one) => one.group !== null && same(one.group) === name);
  if (group.length > 0) return group;
  const children = list.filter((one) => same(one.name) === name);
  return children.length === 1 ? children : [];
}

function concernsUs(
  incident: PageIncident,
  mine: readonly PageComponent[],
  wanted: readonly string[],
  page: StatusPage,
): boolean {
  const touched = new Set(incident.touches.map(same));
  if (mine.some((one) => touched.has(same(one.id)) || touched.has(same(one.name)))) return true;
  if (touched.size === 0 || page.components === null)
    return wanted.some((name) => touched.has(same(name)) || names(incident, name, page));
  // The page says what it touches, and it is not ours; but a region that is named in the title is ours as a whole.
  return wanted.some((name) => name.includes(' / ') && hasWords(incident.name, name.split(' / ')[0] ?? ''));
}

// For incidents without components: the title, or the latest update, must name the group, or else the component.
function names(incident: PageIncident, wanted: string, page: StatusPage): boolean {
  const text = `${incident.name} ${incident.lastUpdate ?? ''}`;
  const [group, child] = wanted.includes(' / ') ? wanted.split(' / ', 2) : [undefined, wanted];
  if (group !== undefined && hasWords(text, group)) return true;
  const repeated = (page.components ?? []).filter((one) => same(one.name) === same(child ?? '')).length > 1;
  return child !== undefined && !repeated && !(group !== undefined && page.components === null) && hasWords(text, child);
}

const filler = new Set(['and', 'for', 'the', 'our', 'service', 'services', 'tier', 'system', 'systems']);

/** Whether `text` has every telling word of `phrase`, as whole words; what stands in brackets is an aside. */
function hasWords(text: string, phrase: string): boolean {
  const all = wordsOf(phrase.replace(/\([^)]*\)/g, ' '));
  const telling = all.filter((word) => word.length > 2 && !filler.has(word));
  const needed = telling.length > 0 ? telling : all;
  const present = new Set(wordsOf(text));
  return needed.length > 0 && needed.every((word) => present.has(word));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function sentenceOf(page: string, severity: Severity, mine: readonly PageComponent[], ours: readonly PageIncident[]): string {
  const incident = ours.toSorted((a, b) => compare(b.severity, a.severity))[0];
  // The word in brackets is the page's own about this incident; a component may be worse.
  if (incident) return `${page} reports: "${plainText(incident.name, 300)}" (${incident.severity}).`;
  const sick = mine.filter((one) => one.severity !== 'none');
  const first = sick[0];
  if (!first) return `${page} reports trouble (${severity}) without saying more.`;
  const more = sick.length > 1 ? ` and ${sick.length - 1} more` : '';
  return `${page} reports: ${plainText(pathOf(first), 200)}${more}: ${plainText(first.status, 60).replaceAll('_', ' ')} (${severity}).`;
}

function compare(a: Severity, b: Severity): number {
  return a === b ? 0 : worst([a, b]) === a ? 1 : -1;
}

// With nothing named, only what is not healthy is worth keeping.
function shownComponents(page: StatusPage, mine: readonly PageComponent[], wanted: readonly string[]): PageComponent[] {
  const shown =
    wanted.length > 0 ? mine : (page.components ?? []).filter((one) => isTrouble(one.severity) || one.severity === 'maintenance');
  return shown.slice(0, 200);
}

function toReport(one: PageIncident, concernsUs: boolean): ProviderReport['incidents'][number] {
  return {
    name: plainText(one.name, 500),
    status: plainText(one.status, 60),
    impact: plainText(one.impact, 60),
    url: one.url === null || one.url.length > 500 || !/^https?:\/\//.test(one.url) ? null : one.url,
    startedAt: one.startedAt === null ? null : plainText(one.startedAt, 40),
    lastUpdate: one.lastUpdate === null ? null : plainText(one.lastUpdate, 2_000),
    concernsUs,
  };
}

/** At most three names of the page that share most with `wanted`. */
function closest(page: StatusPage, wanted: string): string[] {
  const sought = new Set(wordsOf(wanted));
  return (page.components ?? [])
    .map((one) => ({ path: pathOf(one), score: wordsOf(pathOf(one)).filter((word) => near(word, sought)).length }))
    .filter((item) => item.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map((item) => plainText(item.path, 100));
}

// A plural, a missing letter at the end, a longer form: alike enough to be offered.
function near(word: string, sought: ReadonlySet<string>): boolean {
  for (const one of sought)
    if (one === word || (one.length > 3 && word.startsWith(one.slice(0, Math.max(4, one.length - 2))))) return true;
  return false;
}
