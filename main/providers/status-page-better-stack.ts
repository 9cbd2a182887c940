// Reads Better Stack's `/index.json` (JSON:API). A finished report may keep `ends_at: null`, so its state decides.
import { z } from 'zod';
import { loose, type PageComponent, type PageIncident, type StatusPage, severityOf, stateOf } from './status-page-model.ts';

const attributes = z.object({
  name: loose.textOrNull,
  public_name: loose.textOrNull,
  status: loose.text,
  status_page_section_id: loose.id,
  title: loose.textOrNull,
  message: loose.textOrNull,
  report_type: loose.text,
  starts_at: loose.textOrNull,
  aggregate_state: loose.text,
  affected_resources: loose.list(z.object({ status_page_resource_id: loose.id })),
});

const references = z.object({
  status_updates: z
    .object({ data: loose.list(z.object({ id: loose.id })) })
    .optional()
    .catch(undefined),
});
const resource = z.object({ type: z.string(), id: loose.id, attributes, relationships: references.optional().catch(undefined) });
type Resource = z.infer<typeof resource>;

const index = z.object({
  data: z.object({
    type: z.literal('status_page'),
    attributes: z.object({ company_name: loose.textOrNull, aggregate_state: z.string() }),
  }),
  included: loose.list(resource),
});

/** The page, or null when `document` is something else. Never throws. */
export function readBetterStack(document: unknown): StatusPage | null {
  const parsed = index.safeParse(document);
  if (!parsed.success) return null;
  const { data, included } = parsed.data;
  const byType = (type: string): Resource[] => included.filter((one) => one.type === type);
  const sections = new Map(byType('status_page_section').map((one) => [one.id, one.attributes.name?.trim() ?? null]));
  const updates = new Map(byType('status_update').map((one) => [one.id, one.attributes.message]));
  return {
    format: 'better-stack',
    name: data.attributes.company_name,
    indicator: severityOf(data.attributes.aggregate_state),
    components: byType('status_page_resource').map((one) => toComponent(one, sections)),
    incidents: byType('status_report')
      .filter((one) => severityOf(one.attributes.aggregate_state) !== 'none')
      .map((one) => toIncident(one, updates)),
  };
}

function toComponent(one: Resource, sections: ReadonlyMap<string, string | null>): PageComponent {
  const { public_name, status, status_page_section_id: section } = one.attributes;
  return { id: one.id, name: public_name ?? one.id, group: sections.get(section) ?? null, status, severity: stateOf(status) };
}

function toIncident(one: Resource, updates: ReadonlyMap<string, string | null>): PageIncident {
  const { title, aggregate_state: state, starts_at, affected_resources } = one.attributes;
  const ids = one.relationships?.status_updates?.data.map((update) => update.id) ?? [];
  const messages = ids.map((id) => updates.get(id)).filter((message) => message != null);
  return {
    name: title ?? 'Untitled report',
    status: state,
    impact: state,
    severity: severityOf(state),
    url: null,
    startedAt: starts_at,
    lastUpdate: messages.at(-1) ?? null,
    touches: affected_resources.map((part) => part.status_page_resource_id),
  };
}
