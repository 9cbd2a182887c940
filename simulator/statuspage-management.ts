// A stand-in for Statuspage's management API: one page on which incidents are opened, told of and resolved.
// Follows shared providers/README section 6, with the one request a second that each token gets.
import { z } from 'zod';
import { machineClock, type YardClock } from './clock.ts';
import type { Contract } from './contract.ts';
import { json, type Reply, type StandIn, startStandIn } from './http.ts';
import { makeRateLimit } from './rate-limit.ts';
import { addressOf, type Call, findRoute, judgeRequest, parseJson, type Route } from './routes.ts';

const incidentStatus = z.enum(['investigating', 'identified', 'monitoring', 'resolved']);
const componentStatus = z.enum(['operational', 'under_maintenance', 'degraded_performance', 'partial_outage', 'major_outage']);
const impact = z.enum(['none', 'maintenance', 'minor', 'major', 'critical']);

const change = z.looseObject({
  name: z.string().min(1).max(255).optional(),
  status: incidentStatus.optional(),
  body: z.string().max(25_000).optional(),
  impact_override: impact.optional(),
  components: z.record(z.string(), componentStatus).default({}),
  component_ids: z.array(z.string()).optional(),
  deliver_notifications: z.boolean().default(true),
});
const creation = z.object({ incident: change.required({ name: true }) });
const update = z.object({ incident: change });
const componentChange = z.object({ component: z.looseObject({ status: componentStatus.optional() }) });
type Change = z.infer<typeof change>;

type Update = { readonly at: number; readonly status: string; readonly body: string; readonly notified: boolean };
type ManagedIncident = {
  readonly id: string;
  name: string;
  status: z.infer<typeof incidentStatus>;
  impact: z.infer<typeof impact>;
  componentIds: readonly string[];
  readonly createdAt: number;
  resolvedAt: number | null;
  /** Newest first. */
  updates: readonly Update[];
};
type ManagedComponent = { readonly id: string; readonly name: string; status: z.infer<typeof componentStatus> };

export type StatuspageStandIn = StandIn & {
  readonly token: string;
  readonly pageId: string;
  readonly violations: readonly string[];
  /** Oldest first. */
  readonly incidents: readonly Readonly<ManagedIncident>[];
  readonly components: readonly Readonly<ManagedComponent>[];
};

type Page = {
  readonly id: string;
  readonly clock: Pick<YardClock, 'now'>;
  readonly components: ManagedComponent[];
  readonly incidents: ManagedIncident[];
};

/** A page without incidents on a free loopback port. */
export async function startStatuspage(options: {
  readonly token: string;
  readonly pageId?: string;
  /** Names by id. */
  readonly components?: Readonly<Record<string, string>>;
  readonly clock?: YardClock;
  readonly contract?: Contract | null;
  /** What a request too many is answered with; the published pages name both. */
  readonly limitStatus?: 420 | 429;
}): Promise<StatuspageStandIn> {
  const { token, pageId = 'simulatedpage', limitStatus = 420, clock = machineClock } = options;
  const named = Object.entries(options.components ?? { '8kbf7d35c070': 'API' });
  const page: Page = {
    id: pageId,
    clock,
    components: named.map(([id, name]) => ({ id, name, status: 'operational' })),
    incidents: [],
  };
  const violations: string[] = [];
  const take = makeRateLimit([{ total: 1, windowMs: 1_000 }], () => clock.now());
  const routes = routesOf(page);
  const standIn = await startStandIn((request) => {
    if (request.headers.authorization !== `OAuth ${token}`) return error(401, 'Could not authenticate');
    if (!take().allowed) return error(limitStatus, 'Too many requests: one a second for each token.', { 'retry-after': '1' });
    const [problem] = judgeRequest(options.contract ?? null, request, violations);
    if (problem !== undefined) return error(400, problem);
    const { pathname, searchParams: query } = addressOf(request);
    const found = findRoute(routes, request.method, pathname);
    if (!found || found.params.page_id !== pageId) return error(404, 'The requested resource could not be found.');
    return found.route.run({ params: found.params, query, body: parseJson(request.body) });
  });
  return { ...standIn, token, pageId, violations, incidents: page.incidents, components: page.components };
}

function routesOf(page: Page): readonly Route[] {
  const one = '/v1/pages/{page_id}';
  const all = (keep: (incident: ManagedIncident) => boolean) => (): Reply =>
    json(
      200,
      page.incidents
        .filter(keep)
        .toReversed()
        .map((incident) => incidentJson(page, incident)),
    );
  return [
    { method: 'GET', template: `${one}/incidents/unresolved`, run: all((incident) => incident.status !== 'resolved') },
    { method: 'GET', template: `${one}/incidents`, run: all(() => true) },
    { method: 'POST', template: `${one}/incidents`, run: (call) => open(page, call) },
    { method: 'PATCH', template: `${one}/incidents/{incident_id}`, run: (call) => tell(page, call) },
    {
      method: 'GET',
      template: `${one}/components`,
      run: () =>
        json(
          200,
          page.components.map((part) => componentJson(page, part)),
        ),
    },
    { method: 'PATCH', template: `${one}/components/{component_id}`, run: (call) => setComponent(page, call) },
  ];
}

function error(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return json(status, { message }, headers);
}

function open(page: Page, { body }: Call): Reply {
  const parsed = creation.safeParse(body);
  if (!parsed.success) return error(422, sentence(parsed.error));
  const { name, impact_override: given = 'none' } = parsed.data.incident;
  const incident: ManagedIncident = {
    id: crypto.randomUUID().replaceAll('-', '').slice(0, 12),
    name,
    status: 'investigating',
    impact: given,
    componentIds: [],
    createdAt: page.clock.now(),
    resolvedAt: null,
    updates: [],
  };
  const refused = apply(page, incident, parsed.data.incident);
  if (refused) return refused;
  page.incidents.push(incident);
  return json(201, incidentJson(page, incident));
}

function tell(page: Page, { params, body }: Call): Reply {
  const incident = page.incidents.find((one) => one.id === params.incident_id);
  if (!incident) return error(404, 'The requested resource could not be found.');
  const parsed = update.safeParse(body);
  if (!parsed.success) return error(422, sentence(parsed.error));
  return apply(page, incident, parsed.data.incident) ?? json(200, incidentJson(page, incident));
}

function apply(page: Page, incident: ManagedIncident, asked: Change): Reply | null {
  const named = [...Object.keys(asked.components), ...(asked.component_ids ?? [])];
  const stranger = named.find((id) => !page.components.some((part) => part.id === id));
  if (stranger !== undefined) return error(422, `The component ${stranger} is not on this page.`);
  const now = page.clock.now();
  incident.name = asked.name ?? incident.name;
  incident.status = asked.status ?? incident.status;
  incident.impact = asked.impact_override ?? incident.impact;
  incident.componentIds = asked.component_ids ?? [...new Set([...incident.componentIds, ...named])];
  if (incident.status === 'resolved') incident.resolvedAt ??= now;
  for (const part of page.components) part.status = asked.components[part.id] ?? part.status;
  const told = { at: now, status: incident.status, body: asked.body ?? '', notified: asked.deliver_notifications };
  incident.updates = [told, ...incident.updates];
  return null;
}

function setComponent(page: Page, { params, body }: Call): Reply {
  const part = page.components.find((one) => one.id === params.component_id);
  if (!part) return error(404, 'The requested resource could not be found.');
  const parsed = componentChange.safeParse(body);
  if (!parsed.success) return error(422, sentence(parsed.error));
  part.status = parsed.data.component.status ?? part.status;
  return json(200, componentJson(page, part));
}

function incidentJson(page: Page, incident: ManagedIncident): object {
  const { id, name, status, impact: worst, createdAt, resolvedAt, updates, componentIds } = incident;
  const times = { created_at: iso(createdAt), updated_at: iso(updates[0]?.at ?? createdAt) };
  return {
    id,
    page_id: page.id,
    name,
    status,
    impact: worst,
    impact_override: worst,
    ...times,
    resolved_at: resolvedAt === null ? null : iso(resolvedAt),
    shortlink: `https://stspg.io/${id}`,
    components: page.components.filter((part) => componentIds.includes(part.id)).map((part) => componentJson(page, part)),
    incident_updates: updates.map((one, index) => ({
      id: `${id}-${updates.length - index}`,
      incident_id: id,
      status: one.status,
      body: one.body,
      deliver_notifications: one.notified,
      created_at: iso(one.at),
      updated_at: iso(one.at),
      display_at: iso(one.at),
      affected_components: null,
    })),
  };
}

function componentJson(page: Page, part: ManagedComponent): object {
  const { id, name, status } = part;
  const common = { group: false, group_id: null, position: 1, showcase: false, only_show_if_degraded: false, description: null };
  const at = '2024-05-01T10:00:00.000Z';
  return { id, page_id: page.id, name, status, created_at: at, updated_at: at, start_date: '2024-05-01', ...common };
}

function sentence(failure: z.ZodError): string {
  const [issue] = failure.issues;
  return `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is wrong'}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
