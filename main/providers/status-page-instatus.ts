// Reads Instatus' `/summary.json`: lists are absent when empty, and there are no components in it.
import { z } from 'zod';
import { loose, type PageIncident, type StatusPage, severityOf } from './status-page-model.ts';

const item = z.object({
  name: z.string(),
  status: loose.text,
  impact: loose.text,
  started: loose.textOrNull,
  start: loose.textOrNull,
  url: loose.textOrNull,
});

const summary = z.object({
  page: z.object({ name: loose.textOrNull, status: z.string() }),
  activeIncidents: loose.list(item).optional(),
  activeMaintenances: loose.list(item).optional(),
});

/** The page, or null when `document` is something else. Never throws. */
export function readInstatus(document: unknown): StatusPage | null {
  const parsed = summary.safeParse(document);
  if (!parsed.success) return null;
  const { page, activeIncidents = [], activeMaintenances = [] } = parsed.data;
  return {
    format: 'instatus',
    name: page.name,
    indicator: severityOf(page.status),
    components: null,
    incidents: [
      ...activeIncidents.filter((one) => !/^resolved$/i.test(one.status)).map((one) => toIncident(one, one.impact)),
      // "Active" here includes work that is only announced.
      ...activeMaintenances
        .filter((one) => !/^(?:notstartedyet|completed)$/i.test(one.status))
        .map((one) => toIncident(one, 'maintenance')),
    ],
  };
}

function toIncident(one: z.infer<typeof item>, impact: string): PageIncident {
  return {
    name: one.name,
    status: one.status,
    impact,
    severity: severityOf(impact),
    url: one.url,
    startedAt: one.started ?? one.start,
    lastUpdate: null,
    touches: [],
  };
}
