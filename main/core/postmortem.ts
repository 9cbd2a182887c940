// What is known of one outage, in the order of a postmortem. Says nothing it does not know: what is not known is null, and the
// page (postmortem-page.ts) leaves a blank there for a person.
import type { EvidenceLine } from '../../shared/evidence.ts';
import type { Diagnosis, Incident, TimelineEntry } from '../../shared/incident.ts';
import type { Role } from '../../shared/monitor.ts';
import type { Run } from '../../shared/run.ts';
import { duration, several } from '../../shared/words.ts';

export type PostmortemFacts = {
  readonly incident: Incident;
  /** Of the levers, in any order; those of other times are left out. */
  readonly runs: readonly Run[];
  /** Those that are known; the incident may name others. */
  readonly monitors: readonly { readonly id: string; readonly name: string; readonly role: Role }[];
  readonly app: { readonly name: string; readonly environment: string };
  /** IANA name. */
  readonly timeZone: string;
  /** Epoch ms. */
  readonly now: number;
};

export type Milestone = {
  readonly name: 'started' | 'detected' | 'acknowledged' | 'mitigated' | 'resolved';
  /** ISO 8601 UTC; null: did not happen, or nobody said so. */
  readonly at: string | null;
  /** From the start; ms. */
  readonly afterMs: number | null;
};

/** One lever pulled. */
export type Response = Pick<Run, 'id' | 'action' | 'state' | 'startedAt' | 'finishedAt'> & {
  readonly title: string;
  readonly by: Run['by'] | null;
  /** Whether its effect was read back from outside; null where there is nothing to read back, or it did not get so far. */
  readonly verified: boolean | null;
  /** What the run learned: way, file, checksum and the like. */
  readonly result: Readonly<Record<string, unknown>>;
  /** Why it failed. */
  readonly problem: string | null;
};

export type Postmortem = {
  readonly incident: string;
  readonly title: string;
  readonly state: Incident['state'];
  readonly app: string;
  readonly environment: string;
  readonly timeZone: string;
  readonly startedAt: string;
  /** Null while it lasts. */
  readonly resolvedAt: string | null;
  readonly durationMs: number;
  readonly milestones: readonly Milestone[];
  /** Such as `Outage of the API and of the database`. */
  readonly type: string;
  /** Names of the monitors that were down. */
  readonly services: readonly string[];
  /** What follows for users from what was measured, in sentences. */
  readonly impact: readonly string[];
  readonly cause: {
    readonly preliminary: Diagnosis | null;
    /** For a person to say. */
    readonly confirmed: null;
    readonly contributing: null;
  };
  /** Found out, beside what the diagnosis cites. */
  readonly evidence: readonly EvidenceLine[];
  /** Oldest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Oldest first. */
  readonly response: readonly Response[];
};

export function postmortem(facts: PostmortemFacts): Postmortem {
  const { incident, monitors, app, timeZone, now } = facts;
  const end = incident.resolvedAt === null ? now : Date.parse(incident.resolvedAt);
  const milestones = milestonesOf(incident);
  const cited = new Set([...(incident.diagnosis?.evidence ?? []), ...(incident.diagnosis?.against ?? [])].map(textOf));
  return {
    incident: incident.id,
    title: incident.title,
    state: incident.state,
    ...{ app: app.name, environment: app.environment, timeZone },
    startedAt: incident.openedAt,
    resolvedAt: incident.resolvedAt,
    durationMs: Math.max(0, end - Date.parse(incident.openedAt)),
    milestones,
    type: typeOf(incident, monitors),
    services: incident.monitors.map((id) => monitors.find((monitor) => monitor.id === id)?.name ?? id),
    impact: impactOf(incident, monitors, milestones),
    cause: { preliminary: incident.diagnosis, confirmed: null, contributing: null },
    evidence: incident.evidence.filter((line) => !cited.has(textOf(line))),
    timeline: [...incident.timeline].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    response: responseOf(facts, end),
  };
}

const textOf = ({ source, text }: EvidenceLine): string => JSON.stringify([source, text]);

function milestonesOf(incident: Incident): readonly Milestone[] {
  const started = Date.parse(incident.openedAt);
  const times = [
    ['started', incident.openedAt],
    ['detected', incident.detectedAt],
    ['acknowledged', incident.acknowledgedAt],
    ['mitigated', incident.mitigatedAt],
    ['resolved', incident.resolvedAt],
  ] as const;
  return times.map(([name, at]) => ({ name, at, afterMs: at === null ? null : Math.max(0, Date.parse(at) - started) }));
}

/** What a role means to users. Of `other`, and of monitors that the settings no longer name, only the name is known. */
const parts = {
  'api-primary': 'the API',
  database: 'the database',
  frontend: 'the front end',
  'api-standby': 'the standby API',
  provider: 'a provider',
} as const satisfies Partial<Record<Role, string>>;
type KnownRole = keyof typeof parts;

const ofUsers: readonly Role[] = ['api-primary', 'database', 'frontend'];

type Touched = { readonly roles: readonly KnownRole[]; readonly others: readonly string[] };

function touchedBy(incident: Incident, monitors: PostmortemFacts['monitors']): Touched {
  const members = incident.monitors.map((id) => monitors.find((monitor) => monitor.id === id) ?? { id, name: id, role: 'other' });
  const known = (Object.keys(parts) as KnownRole[]).filter((role) => members.some((member) => member.role === role));
  return { roles: known, others: members.filter(({ role }) => role === 'other').map(({ name }) => name) };
}

function typeOf(incident: Incident, monitors: PostmortemFacts['monitors']): string {
  const { roles, others } = touchedBy(incident, monitors);
  const names = [...roles.map((role) => parts[role]), ...(others.length > 0 ? [several(others)] : [])];
  const what = names.length < 3 ? names.join(' and of ') : `${names.slice(0, -1).join(', of ')} and of ${names.at(-1)}`;
  return `Outage of ${what || 'what was watched'}${incident.flapping ? ', coming and going' : ''}`;
}

function impactOf(
  incident: Incident,
  monitors: PostmortemFacts['monitors'],
  milestones: readonly Milestone[],
): readonly string[] {
  const { roles, others } = touchedBy(incident, monitors);
  const touched = roles.filter((role) => ofUsers.includes(role)).map((role) => parts[role]);
  const after = (name: Milestone['name']): number | null => milestones.find((one) => one.name === name)?.afterMs ?? null;
  const [mitigated, resolved] = [after('mitigated'), after('resolved')];
  if (touched.length === 0) {
    return [
      others.length > 0
        ? 'What it meant for users cannot be told from what was watched.'
        : 'None of what serves users directly was down, as far as it was watched.',
    ];
  }
  const lasting = resolved === null ? 'and it lasts' : `for ${duration(resolved)}`;
  const first = `Checks of ${several(touched)} failed ${lasting}: users could not be served as usual.`;
  if (mitigated === null) return [first];
  return [first, `After ${duration(mitigated)} a lever eased it, verified from outside; the timeline says how.`];
}

/** Runs count when they began while the outage lasted, or before the last thing that its timeline tells. */
function responseOf({ incident, runs }: PostmortemFacts, end: number): readonly Response[] {
  const from = Date.parse(incident.openedAt);
  const to = Math.max(end, ...incident.timeline.map(({ at }) => Date.parse(at)));
  return runs
    .filter(({ startedAt }) => Date.parse(startedAt) >= from && Date.parse(startedAt) <= to)
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
    .map(({ id, action, state, startedAt, finishedAt, title, by, result = {}, error }) => ({
      ...{ id, action, state, startedAt, finishedAt, result },
      title: title ?? action,
      by: by ?? null,
      verified: typeof result.verified === 'boolean' ? result.verified : null,
      problem: error?.message ?? null,
    }));
}
