// Reads Atlassian Statuspage's `/api/v2/summary.json` (API documented on every such page under /api) and incident.io's
// compatible form, which has null for empty lists, no `group` flag and no components in incidents.
import { z } from 'zod';
import { loose, type PageComponent, type PageIncident, type StatusPage, severityOf, stateOf } from './status-page-model.ts';

const component = z.object({
  id: loose.id,
  name: z.string(),
  status: loose.text,
  group: z.boolean().optional().catch(undefined),
  group_id: loose.textOrNull,
});

const touched = z.object({ id: loose.id.optional(), code: loose.id.optional(), name: loose.text });

const incident = z.object({
  name: z.string(),
  status: loose.text,
  impact: loose.text,
  shortlink: loose.textOrNull,
  started_at: loose.textOrNull,
  created_at: loose.textOrNull,
  components: loose.list(touched),
  incident_updates: loose.list(z.object({ body: loose.text, affected_components: loose.list(touched) })),
});
type Incident = z.infer<typeof incident>;

const summary = z.object({
  page: z.object({ name: loose.textOrNull, time_zone: loose.textOrNull }),
  status: z.object({ indicator: z.string() }),
  components: z.array(z.unknown()).nullish().catch(null),
  incidents: loose.list(incident),
  scheduled_maintenances: loose.list(incident),
});

/** The page, or null when `document` is something else. Never throws. */
export function readStatuspage(document: unknown): StatusPage | null {
  const parsed = summary.safeParse(document);
  if (!parsed.success) return null;
  const { page, status, incidents, scheduled_maintenances: work } = parsed.data;
  const components = parsed.data.components ? loose.list(component).parse(parsed.data.components) : null;
  // Statuspage always names its time zone; incident.io never does.
  const format = page.time_zone === null ? 'incident-io' : 'statuspage';
  return {
    format,
    name: page.name,
    indicator: severityOf(status.indicator),
    components: components && withGroups(components),
    incidents: [
      ...incidents
        .filter((one) => !/^(?:resolved|postmortem|completed)$/i.test(one.status))
        .map((one) => toIncident(one, one.impact)),
      // Scheduled work lies ahead; only what is under way explains anything.
      ...work.filter((one) => /^(?:in_progress|verifying)$/i.test(one.status)).map((one) => toIncident(one, 'maintenance')),
    ],
  };
}

function withGroups(list: readonly z.infer<typeof component>[]): PageComponent[] {
  const names = new Map(list.map((one) => [one.id, one.name]));
  return list
    .filter((one) => one.group !== true)
    .map((one) => ({
      id: one.id,
      name: one.name,
      group: one.group_id === null ? null : (names.get(one.group_id) ?? null),
      status: one.status,
      severity: stateOf(one.status),
    }));
}

function toIncident(one: Incident, impact: string): PageIncident {
  // Updates come newest first.
  const updates = one.incident_updates;
  const touches = [...one.components, ...updates.flatMap((update) => update.affected_components)];
  const ids = touches.flatMap((part) => part.id ?? part.code ?? []).filter((id) => id !== '');
  return {
    name: one.name,
    status: one.status,
    impact,
    severity: severityOf(impact),
    url: one.shortlink,
    startedAt: one.started_at ?? one.created_at,
    lastUpdate: updates[0]?.body || null,
    touches: [...new Set(ids)],
  };
}
