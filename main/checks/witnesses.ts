// Is this machine on the internet? New connections to hosts that have nothing to do with what is watched, all at once.
// Only a failure asks; nothing is remembered here.
//
// What an answer proves, against a captive portal that answers in everybody's name:
// - https, certificate verified: no portal can forge it, so any answer below 500 proves that we are online. When it is not
//   the status or text that settings expect, the witness changed; it still counts, but after the others.
// - http with the status and text that settings expect: portals do not guess them. Counts.
// - http without expectations: a portal may well say 200, so a 2xx counts only when no other witness saw a portal.
// - A redirect over http, other content than expected, 511 (RFC 6585), or a certificate that is not the witness's: a portal.
import type { Witness } from '../../shared/settings.ts';
import type { Clock, Witnesses } from '../engine/ports.ts';
import { TimeLimit } from './failure.ts';
import { addressOf } from './http-redirects.ts';
import { type HttpAnswer, type HttpRequest, sendRequest } from './http-request.ts';
import { contextFor, defaultContext } from './tls-context.ts';
import { userAgent } from './user-agent.ts';

/** Longest time for all witnesses together, milliseconds. */
const limitMs = 2_000;

type Testimony = 'good' | 'weak' | 'portal' | 'nothing';

type Prepared = { readonly request: HttpRequest; readonly status: number | null; readonly text: string | null };

/** `caFile`: an authority to trust besides the usual ones. An empty list says `online` always: no guard. */
export function makeWitnesses(list: readonly Witness[], needs: { readonly clock: Clock; readonly caFile?: string }): Witnesses {
  const prepared = list.map((witness) => prepare(witness, needs.caFile));
  return async (signal) => {
    if (prepared.length === 0) return 'online';
    const controller = new AbortController();
    const cancel = (): void => controller.abort(signal.reason);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    const stopTimer = needs.clock.after(limitMs, () => controller.abort(new TimeLimit(limitMs)));
    try {
      return await hearAll(prepared, needs.clock, controller.signal);
    } finally {
      // The first good answer ends the others.
      controller.abort();
      stopTimer();
      signal.removeEventListener('abort', cancel);
    }
  };
}

function hearAll(witnesses: readonly Prepared[], clock: Clock, signal: AbortSignal): ReturnType<Witnesses> {
  return new Promise((resolve) => {
    const heard: Testimony[] = [];
    for (const witness of witnesses) {
      sendRequest(witness.request, clock, signal).then((result) => {
        const impostor = result.failure?.code === 'tls' && result.certificate !== undefined;
        const testimony = result.answer ? weigh(witness, result.answer) : impostor ? 'portal' : 'nothing';
        heard.push(testimony);
        if (testimony === 'good') resolve('online');
        if (heard.length < witnesses.length) return;
        resolve(heard.includes('portal') ? 'captive' : heard.includes('weak') ? 'online' : 'offline');
      });
    }
  });
}

function weigh(witness: Prepared, answer: HttpAnswer): Testimony {
  const { status } = answer;
  const verified = witness.request.endpoint.tls !== null;
  if (status === 511) return 'portal';
  if (witness.status !== null || witness.text !== null) {
    const expected =
      (witness.status === null || status === witness.status) && (witness.text === null || answer.body.includes(witness.text));
    if (expected) return 'good';
  } else if (verified && status < 500) {
    return 'good';
  } else if (status >= 200 && status < 300) {
    return 'weak';
  }
  if (status >= 500) return 'nothing';
  return verified ? 'weak' : 'portal';
}

function prepare(witness: Witness, caFile: string | undefined): Prepared {
  const expected = typeof witness === 'string' ? { url: witness } : witness;
  const url = new URL(expected.url);
  const context = caFile === undefined ? defaultContext() : contextFor(caFile, false);
  return {
    request: {
      endpoint: {
        ...addressOf(url),
        family: 'auto',
        allowLinkLocal: false,
        tls: url.protocol === 'https:' ? { context, verify: true } : null,
      },
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: ['host', url.host, 'user-agent', userAgent, 'accept', '*/*', 'accept-encoding', 'identity'],
      body: null,
      maxBody: 65_536,
    },
    status: 'status' in expected ? (expected.status ?? null) : null,
    text: 'text' in expected ? (expected.text ?? null) : null,
  };
}
