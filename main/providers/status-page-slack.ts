// Reads Slack's own `/api/v2.0.0/current` (docs.slack.dev, Slack status API). It lists services only where they have trouble.
import { z } from 'zod';
import { loose, type PageIncident, type StatusPage, severityOf, worst } from './status-page-model.ts';

const incident = z.object({
  title: z.string(),
  type: loose.text,
  status: loose.text,
  url: loose.textOrNull,
  date_created: loose.textOrNull,
  services: loose.list(z.string()),
  notes: loose.list(z.object({ body: loose.text })),
});

const current = z.object({ status: z.enum(['ok', 'active']), active_incidents: loose.list(incident) });

/** The page, or null when `document` is something else. Never throws. */
export function readSlack(document: unknown): StatusPage | null {
  // `active_incidents` is what tells this document from any other with a status.
  if (typeof document !== 'object' || document === null || !('active_incidents' in document)) return null;
  const parsed = current.safeParse(document);
  if (!parsed.success) return null;
  const incidents = parsed.data.active_incidents.filter((one) => !/^(?:resolved|completed)$/i.test(one.status)).map(toIncident);
  const unexplained = parsed.data.status === 'active' && incidents.length === 0;
  return {
    format: 'slack',
    name: 'Slack',
    indicator: unexplained ? 'minor' : worst(incidents.map((one) => one.severity)),
    components: null,
    incidents,
  };
}

function toIncident(one: z.infer<typeof incident>): PageIncident {
  return {
    name: one.title,
    status: one.status,
    impact: one.type,
    severity: severityOf(one.type),
    url: one.url,
    startedAt: one.date_created,
    // Notes come newest first.
    lastUpdate: one.notes[0]?.body || null,
    touches: one.services,
  };
}
