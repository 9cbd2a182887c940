// The first user's outage of 9 July 2023 as Signalbox would have kept it, for tests of the report on it.
import type { PostmortemFacts } from '../../../main/core/postmortem.ts';
import type { Incident } from '../../../shared/incident.ts';
import type { Run } from '../../../shared/run.ts';

const at = (time: string): string => `2023-07-09T${time}.000Z`;

export const frankfurt: Incident = {
  id: 'inc-20230709-120000',
  state: 'resolved',
  title: 'API (Frankfurt) and Log in are down',
  openedAt: at('12:00:00'),
  detectedAt: at('12:00:05'),
  acknowledgedAt: at('12:02:00'),
  mitigatedAt: at('12:05:10'),
  resolvedAt: at('12:25:00'),
  durationMs: 1_500_000,
  flapping: false,
  monitors: ['api', 'login'],
  diagnosis: {
    rule: 'provider-outage',
    sentence: 'Render reports a major outage in Frankfurt, where the API runs.',
    confidence: 'high',
    evidence: [
      { source: 'Render’s status page', text: 'Major outage in Frankfurt: “Web services are down”', at: at('12:00:10') },
    ],
    lever: 'traffic',
    against: [{ source: 'Supabase', text: 'All systems are healthy', at: at('12:00:10') }],
    suggestion: 'Move traffic to the standby.',
    others: [],
  },
  evidence: [
    { source: 'Supabase', text: 'All systems are healthy', at: at('12:00:10') },
    { source: 'Render’s log of api', text: 'Shutting down worker 7', at: at('12:00:09') },
  ],
  timeline: [
    { at: at('12:00:05'), kind: 'incident', text: 'Confirmed after 2 failed checks in a row.' },
    { at: at('12:00:00'), kind: 'check', text: 'API (Frankfurt) failed: api.ninepanels.com refused the connection on port 443.' },
    { at: at('12:00:06'), kind: 'alert', text: 'Slack was told.' },
    { at: at('12:02:00'), kind: 'note', text: 'Acknowledged; reminders stop.' },
    { at: at('12:05:10'), kind: 'action', text: 'Traffic goes to the standby, verified from outside.' },
    { at: at('12:20:00'), kind: 'provider', text: 'Render: recovering.' },
    { at: at('12:25:00'), kind: 'incident', text: 'Resolved: everything it touched is up again.' },
  ],
};

const runOf = (id: string, change: Partial<Run>): Run => ({
  ...{ id, action: 'banner', title: 'Banner on', by: 'window', state: 'succeeded', steps: [] },
  ...{ startedAt: at('12:03:00'), finishedAt: at('12:03:04') },
  ...change,
});

export const runs: readonly Run[] = [
  runOf('run-4', { startedAt: '2023-07-10T09:00:00.000Z', finishedAt: '2023-07-10T09:00:04.000Z', title: 'Of another day' }),
  runOf('run-3', {
    action: 'dump',
    title: 'Dump',
    by: 'command',
    startedAt: at('12:06:00'),
    finishedAt: at('12:06:30'),
    result: { file: '/home/me/dumps/nine-panels.dump', bytes: 42_000_000, sha256: 'ab'.repeat(32) },
  }),
  runOf('run-2', {
    action: 'traffic',
    title: 'Traffic to the standby',
    startedAt: at('12:05:02'),
    finishedAt: at('12:05:10'),
    result: { from: 'primary', to: 'standby', way: 'promote-twin', verified: true, elapsedMs: 8_000 },
  }),
  runOf('run-1', { result: { on: true, text: 'We are on it.', way: 'global-config', verified: true } }),
];

export const facts: PostmortemFacts = {
  incident: frankfurt,
  runs,
  monitors: [
    { id: 'api', name: 'API (Frankfurt)', role: 'api-primary' },
    { id: 'login', name: 'Log in', role: 'api-primary' },
    { id: 'db', name: 'Postgres', role: 'database' },
  ],
  app: { name: 'Nine Panels', environment: 'production' },
  timeZone: 'Europe/Berlin',
  now: Date.parse('2023-07-11T00:00:00.000Z'),
};

/** The same outage while it lasts, and when nothing is known of it but that it began. */
export const young: PostmortemFacts = {
  ...facts,
  runs: [],
  now: Date.parse(at('12:01:00')),
  incident: {
    ...frankfurt,
    ...{ state: 'open', acknowledgedAt: null, mitigatedAt: null, resolvedAt: null, durationMs: 60_000 },
    ...{ diagnosis: null, evidence: [], timeline: frankfurt.timeline.slice(0, 2) },
  },
};
