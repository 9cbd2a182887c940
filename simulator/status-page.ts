// A stand-in for a provider's status page in any of the formats there are: healthy until told otherwise. A recorded document
// can be served instead of the one it composes.
import { json, type Reply, type StandIn, startStandIn, text } from './http.ts';

export type PageFormat = 'statuspage' | 'incident-io' | 'instatus' | 'better-stack' | 'slack';

/** A part of the provider. `status` is Statuspage's word, such as `operational` or `major_outage`. */
export type SimulatedComponent = { readonly group: string | null; readonly name: string; readonly status: string };

export type SimulatedIncident = {
  readonly name: string;
  /** Statuspage's word: `minor`, `major` or `critical`. */
  readonly impact: 'minor' | 'major' | 'critical';
  /** Names of components as `Group / Child`; formats that do not tell leave them out. */
  readonly components?: readonly string[];
  readonly update?: string;
  /** How far the provider is with it: `investigating` when absent. Slack's page has no word for it. */
  readonly status?: 'investigating' | 'identified' | 'monitoring';
  /** ISO 8601; a fixed moment when absent. */
  readonly startedAt?: string;
};

export type StatusPageStandIn = StandIn & {
  /** Serves `document` from now on, or again the composed one. */
  setDocument(document: unknown): void;
  setIncidents(incidents: readonly SimulatedIncident[]): void;
  /** Sets the status of the component at `path`, as in `Frankfurt / Web Services`. */
  setComponent(path: string, status: string): void;
};

type Page = {
  /** The provider's name where a format tells it; the format's usual one when null. */
  readonly name: string | null;
  readonly components: readonly SimulatedComponent[];
  readonly incidents: readonly SimulatedIncident[];
};

const documentPath = {
  statuspage: '/api/v2/summary.json',
  'incident-io': '/api/v2/summary.json',
  instatus: '/summary.json',
  'better-stack': '/index.json',
  slack: '/api/v2.0.0/current',
} as const;

const regions = ['Frankfurt', 'Oregon'];
const parts = ['PostgreSQL', 'Web Services', 'Web Services - Free Tier'];
const healthy: readonly SimulatedComponent[] = [
  { group: null, name: 'Render API', status: 'operational' },
  ...regions.flatMap((group) => parts.map((name) => ({ group, name, status: 'operational' }))),
];

const startedAt = '2026-11-20T08:58:00.000Z';

/** Starts a page on a free loopback port; only its document's path answers with JSON. */
export async function startStatusPage(options: {
  readonly format: PageFormat;
  readonly document?: unknown;
  readonly components?: readonly SimulatedComponent[];
  readonly name?: string;
}): Promise<StatusPageStandIn> {
  let page: Page = { name: options.name ?? null, components: options.components ?? healthy, incidents: [] };
  let recorded: unknown = options.document;
  const standIn = await startStandIn(({ path }): Reply => {
    if (path !== documentPath[options.format]) return text(404, '<!doctype html><title>Not here</title>');
    return json(200, recorded ?? compose[options.format](page));
  });
  return {
    ...standIn,
    setDocument(document) {
      recorded = document;
    },
    setIncidents(incidents) {
      page = { ...page, incidents };
    },
    setComponent(path, status) {
      page = { ...page, components: page.components.map((one) => (pathOf(one) === path ? { ...one, status } : one)) };
    },
  };
}

function pathOf(component: SimulatedComponent): string {
  return component.group === null ? component.name : `${component.group} / ${component.name}`;
}

function idOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]+/g, '-');
}

function worstImpact(page: Page): 'none' | SimulatedIncident['impact'] {
  for (const impact of ['critical', 'major', 'minor'] as const)
    if (page.incidents.some((one) => one.impact === impact)) return impact;
  return 'none';
}

function groupsOf(page: Page): string[] {
  return [...new Set(page.components.flatMap((one) => one.group ?? []))];
}

const compose: Readonly<Record<PageFormat, (page: Page) => unknown>> = {
  statuspage: (page) => ({
    page: {
      id: 'simulated',
      name: page.name ?? 'Render',
      url: 'https://status.render.com',
      time_zone: 'UTC',
      updated_at: startedAt,
    },
    status: { indicator: worstImpact(page), description: '' },
    components: [
      ...groupsOf(page).map((name) => ({ id: idOf(name), name, status: 'operational', group: true, group_id: null })),
      ...page.components.map((one) => ({
        id: idOf(pathOf(one)),
        name: one.name,
        status: one.status,
        group: false,
        group_id: one.group === null ? null : idOf(one.group),
      })),
    ],
    incidents: page.incidents.map((one) => ({
      id: idOf(one.name),
      name: one.name,
      status: one.status ?? 'investigating',
      impact: one.impact,
      shortlink: 'https://stspg.io/simulated',
      started_at: one.startedAt ?? startedAt,
      components: (one.components ?? []).map((path) => ({ id: idOf(path), name: path.split(' / ').at(-1) })),
      incident_updates: [
        { status: one.status ?? 'investigating', body: one.update ?? 'We are investigating.', affected_components: null },
      ],
    })),
    scheduled_maintenances: [],
  }),
  // Null for empty lists, no `group`, no components in incidents (providers/README section 2.2).
  'incident-io': (page) => ({
    page: { id: '01SIMULATED', name: page.name ?? 'Rollbar', url: 'https://status.rollbar.com/', updated_at: startedAt },
    status: { indicator: worstImpact(page), description: '' },
    components: page.components.map((one) => ({ id: idOf(pathOf(one)), name: one.name, status: one.status, position: 1 })),
    incidents:
      page.incidents.length === 0
        ? null
        : page.incidents.map((one) => ({
            id: idOf(one.name),
            name: one.name,
            status: one.status ?? 'investigating',
            impact: one.impact,
            shortlink: null,
            created_at: one.startedAt ?? startedAt,
          })),
    scheduled_maintenances: null,
  }),
  instatus: (page) => ({
    page: {
      name: page.name ?? 'Example',
      url: 'https://status.example.com',
      status: page.incidents.length > 0 ? 'HASISSUES' : 'UP',
    },
    ...(page.incidents.length > 0
      ? {
          activeIncidents: page.incidents.map((one) => ({
            id: idOf(one.name),
            name: one.name,
            started: one.startedAt ?? startedAt,
            status: (one.status ?? 'investigating').toUpperCase(),
            impact: { minor: 'DEGRADEDPERFORMANCE', major: 'PARTIALOUTAGE', critical: 'MAJOROUTAGE' }[one.impact],
            url: 'https://status.example.com/incident/simulated',
          })),
        }
      : {}),
  }),
  'better-stack': (page) => ({
    data: {
      id: '1',
      type: 'status_page',
      attributes: {
        company_name: page.name ?? 'Better Stack',
        aggregate_state: page.incidents.length > 0 ? 'degraded' : 'operational',
      },
    },
    included: [
      ...groupsOf(page).map((name) => ({ id: idOf(name), type: 'status_page_section', attributes: { name } })),
      ...page.components.map((one) => ({
        id: idOf(pathOf(one)),
        type: 'status_page_resource',
        attributes: {
          public_name: one.name,
          status: one.status === 'operational' ? 'operational' : 'downtime',
          status_page_section_id: one.group === null ? null : idOf(one.group),
        },
      })),
      ...page.incidents.map((one) => ({
        id: idOf(one.name),
        type: 'status_report',
        attributes: {
          title: one.name,
          report_type: 'manual',
          starts_at: one.startedAt ?? startedAt,
          ends_at: null,
          aggregate_state: one.impact === 'minor' ? 'degraded' : 'downtime',
          affected_resources: (one.components ?? []).map((path) => ({ status_page_resource_id: idOf(path), status: 'degraded' })),
        },
        relationships: { status_updates: { data: [{ id: `${idOf(one.name)}-update`, type: 'status_update' }] } },
      })),
      ...page.incidents.map((one) => ({
        id: `${idOf(one.name)}-update`,
        type: 'status_update',
        attributes: { message: one.update ?? 'We are investigating.', published_at: one.startedAt ?? startedAt },
      })),
    ],
  }),
  slack: (page) => ({
    status: page.incidents.length > 0 ? 'active' : 'ok',
    date_created: startedAt,
    date_updated: startedAt,
    active_incidents: page.incidents.map((one, index) => ({
      id: index + 1,
      title: one.name,
      type: { minor: 'notice', major: 'incident', critical: 'outage' }[one.impact],
      status: 'active',
      url: 'https://slack-status.com/simulated',
      date_created: one.startedAt ?? startedAt,
      services: one.components ?? [],
      notes: [{ date_created: one.startedAt ?? startedAt, body: one.update ?? 'We are investigating.' }],
    })),
  }),
};
