// What a provider's status page says, in one form whatever the product behind it. Types and words only: the readers of each
// format are in status-page-<format>.ts, what concerns us is decided in status-page-concern.ts.
import { z } from 'zod';
import type { ProviderReport } from '../../shared/observation.ts';

export type Severity = ProviderReport['severity'];
export type StatusPageFormat = ProviderReport['format'];

export type PageComponent = {
  readonly id: string;
  readonly name: string;
  /** `null` at the top level. */
  readonly group: string | null;
  /** The page's own word. */
  readonly status: string;
  readonly severity: Severity;
};

export type PageIncident = {
  readonly name: string;
  readonly status: string;
  readonly impact: string;
  readonly severity: Severity;
  readonly url: string | null;
  readonly startedAt: string | null;
  readonly lastUpdate: string | null;
  /** Ids and names of what it touches; empty when the page does not say. */
  readonly touches: readonly string[];
};

/** A page as read. Incidents are the open ones, with maintenance under way among them (impact `maintenance`). */
export type StatusPage = {
  readonly format: StatusPageFormat;
  /** `null` when the document does not say. */
  readonly name: string | null;
  /** The page's verdict over everything. */
  readonly indicator: Severity;
  /** `null` when the document lists none. */
  readonly components: readonly PageComponent[] | null;
  readonly incidents: readonly PageIncident[];
};

const rank = { none: 0, maintenance: 1, minor: 2, major: 3, critical: 4 } as const;

export function worst(severities: Iterable<Severity>): Severity {
  let found: Severity = 'none';
  for (const one of severities) if (rank[one] > rank[found]) found = one;
  return found;
}

/** Whether this is trouble, rather than health or announced work. */
export function isTrouble(severity: Severity): boolean {
  return rank[severity] > rank.maintenance;
}

// The status words of all formats, letters only. Statuspage and incident.io: developer.statuspage.io; Instatus and Better
// Stack: their public documents; Slack: docs.slack.dev, Slack status API.
const words: ReadonlyMap<string, Severity> = new Map([
  ...mean('none', 'none ok up operational resolved completed available notmonitored'),
  ...mean('maintenance', 'maintenance undermaintenance'),
  ...mean('minor', 'minor notice degraded degradedperformance hasissues minoroutage'),
  ...mean('major', 'major incident partialoutage'),
  ...mean('critical', 'critical outage down downtime majoroutage fulloutage'),
]);

function mean(severity: Severity, list: string): [string, Severity][] {
  return list.split(' ').map((word) => [word, severity]);
}

/** How bad a page's word is. A word that nobody has seen yet counts as `minor`: visible, and no more than that. */
export function severityOf(word: string): Severity {
  const known = words.get(word.toLowerCase().replace(/[^a-z]/g, ''));
  if (known !== undefined) return known;
  return /maint/i.test(word) ? 'maintenance' : /outage|down/i.test(word) ? 'major' : 'minor';
}

/** The same for a component, which is well until the page says otherwise; an open incident without a word is not. */
export function stateOf(status: string): Severity {
  return status === '' ? 'none' : severityOf(status);
}

/** Fields of other people's documents: whatever is not of the expected kind is taken as absent, never as an error. */
export const loose = {
  text: z.string().catch(''),
  textOrNull: z.string().nullable().catch(null),
  id: z.union([z.string(), z.number().transform(String)]).catch(''),
  /** Items that do not fit are left out one by one; null or absent is an empty list. */
  list: <T extends z.ZodType>(item: T) =>
    z
      .array(z.unknown())
      .catch([])
      .transform((items) =>
        items.flatMap((one) => {
          const parsed = item.safeParse(one);
          return parsed.success ? [parsed.data] : [];
        }),
      ),
} as const;
