// Alerts as the core makes them, with the parts that a test cares about replaced; and channels that do as they are told.
import type { Alert } from '../../main/core/model.ts';
import type { Channel, DeliveryMemory } from '../../main/engine/ports.ts';

const openedAt = Date.parse('2026-11-20T09:02:00.000Z');

/** An opened incident on 20 November 2026, told 7 s after its first failed check. */
export function anAlert(parts: Partial<Alert> = {}): Alert {
  const kind = parts.kind ?? 'opened';
  const incidentId = parts.incidentId === undefined ? 'inc-20261120-090200' : parts.incidentId;
  return {
    key: `${incidentId}:1:${kind}`,
    kind,
    at: openedAt + 7_000,
    incidentId,
    title: 'API (Frankfurt) is down',
    text: 'API (Frankfurt): no answer within 10 s.',
    openedAt,
    durationMs: 7_000,
    monitors: ['api'],
    ...parts,
  };
}

type Send = Channel['send'];
export type ScriptedChannel = Channel & { readonly sent: Alert[]; readonly memories: DeliveryMemory[] };

/** Runs `script` for its n-th attempt (the last entry for ever after); without one every attempt succeeds. */
export function scriptedChannel(parts: Partial<Channel> = {}, script: readonly Send[] = []): ScriptedChannel {
  const sent: Alert[] = [];
  const memories: DeliveryMemory[] = [];
  return {
    name: 'slack',
    idempotent: false,
    timeoutMs: 20_000,
    sent,
    memories,
    send(alert, memory, signal) {
      const act = script[Math.min(sent.length, script.length - 1)];
      sent.push(alert);
      memories.push(memory);
      return act ? act(alert, memory, signal) : Promise.resolve({});
    },
    ...parts,
  };
}
