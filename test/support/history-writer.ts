// A process that commits to a history until it is killed, one numbered step after another, and says each number once its
// commit has returned: `node history-writer.ts FOLDER`. Starts by repeating the last step, as a replay would.
import { writeSync } from 'node:fs';
import type { IncidentState } from '../../main/core/model.ts';
import { openHistory } from '../../main/storage/history.ts';

const start = Date.parse('2026-11-23T12:00:00.000Z');
const id = 'inc-20261123-120000';
const history = openHistory(process.argv[2] ?? '');
const entry = (step: number): IncidentState['timeline'][number] => ({
  at: new Date(start + step).toISOString(),
  kind: 'note',
  text: `step ${step}`,
});
const timeline = history.load(start).incidents[0]?.timeline.slice() ?? [];

for (let step = Math.max(1, timeline.length); ; step += 1) {
  if (timeline.length < step) timeline.push(entry(step));
  const at = start + step;
  history.commit({
    observations: [
      { monitorId: 'api', at: new Date(at).toISOString(), outcome: 'up', latencyMs: 1, address: `192.0.2.${step % 200}` },
    ],
    monitors: [],
    incidents: [
      {
        id,
        state: 'open',
        title: `after step ${step}`,
        openedAt: start,
        detectedAt: start,
        acknowledgedAt: null,
        mitigatedAt: null,
        resolvedAt: null,
        monitors: ['api'],
        lastJoinedAt: start,
        goodSince: null,
        relapses: 0,
        changes: [],
        flapping: false,
        announced: 'open',
        alerts: step,
        lastAlertAt: at,
        diagnosis: null,
        evidence: [],
        timeline,
      },
    ],
    spans: [{ monitorId: 'api', kind: 'up', from: at - 1, to: at }],
    deliveries: [
      {
        channel: 'slack',
        alert: {
          key: `${id}/${step}`,
          kind: 'reminder',
          at,
          incidentId: id,
          title: 'Still down',
          text: `step ${step}`,
          openedAt: start,
          durationMs: step,
          monitors: ['api'],
        },
      },
    ],
    engine: null,
    wishes: history.wishes().map((wish) => wish.id),
  });
  writeSync(1, `${step}\n`);
}
