// A harmless alert that proves a channel from end to end: `signalbox alerts test` and the window's Test button.

import { safeText } from '../../shared/redact.ts';
import type { ChannelName } from '../../shared/snapshot.ts';
import { channelWord } from '../../shared/words.ts';
import type { Alert } from '../core/model.ts';
import { type Channel, DeliveryError } from '../engine/ports.ts';

/** Reads as a test in every channel. At Rollbar it is an item of level info with a fingerprint of its own, so that tests
 *  pile up in one item and page nobody; it is left open, since resolving it takes Rollbar's processing time. `at` is epoch ms. */
export function testAlert(channel: ChannelName, at: number): Alert {
  return {
    key: `test-${channel}-${at}`,
    kind: 'opened',
    at,
    incidentId: null,
    title: `Test from Signalbox: alerts by ${channelWord(channel)} work`,
    text: 'Nothing is wrong. Somebody asked for this message to see that it arrives.',
    openedAt: null,
    durationMs: null,
    monitors: [],
  };
}

/** Sends a test alert past the outbox, once, and says in a sentence how it went. Never throws. */
export async function tryChannel(
  channel: Channel,
  at: number,
  signal: AbortSignal = AbortSignal.timeout(channel.timeoutMs),
): Promise<{ readonly ok: boolean; readonly message: string }> {
  try {
    await channel.send(testAlert(channel.name, at), {}, signal);
    return { ok: true, message: `A test went out by ${channelWord(channel.name)}.` };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, message: safeText(error instanceof DeliveryError ? text : `Unexpected: ${text}`, 500) };
  }
}
