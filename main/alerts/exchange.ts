// One HTTP exchange with an alert service: time limit, no redirects, capped body, and failures as sentences without
// secrets. Knows no service; what a status means is its caller's business.

import { safeText } from '../../shared/redact.ts';
import { DeliveryError } from '../engine/ports.ts';

const bodyLimit = 64 * 1_024;

export type Request = {
  /** The service as people call it, for sentences. */
  readonly who: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Values that no message may show. */
  readonly secrets: readonly string[];
};

/** `body` is at most the first 64 KiB, as text. A redirect is an answer like any other: nothing follows it, because
 *  fetch would carry custom headers, and so our tokens, to wherever it points. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: string };

/** Sends it once. Throws DeliveryError when there was no complete answer in time. */
export async function exchange(request: Request): Promise<Answer> {
  const limit = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, limit]),
      headers: { ...(request.json === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers },
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
    });
    return { status: response.status, headers: response.headers, body: await firstOf(response) };
  } catch (error) {
    if (request.signal.aborted && request.signal.reason instanceof DeliveryError) throw request.signal.reason;
    throw new DeliveryError(problem(error, request, limit.aborted), { cause: error });
  }
}

async function firstOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (!response.body) return text;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= bodyLimit) return text.slice(0, bodyLimit);
  }
  return text;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection before it answered',
  UND_ERR_SOCKET: 'closed the connection before it answered',
  ENOTFOUND: 'cannot be found: its name has no address',
  EAI_AGAIN: 'cannot be found: name lookup fails at present',
  ENETUNREACH: 'cannot be reached: no route to its network',
  EHOSTUNREACH: 'cannot be reached: no route to its host',
  ETIMEDOUT: 'did not accept a connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
};

function problem(error: unknown, { who, signal, timeoutMs, secrets }: Request, late: boolean): string {
  if (signal.aborted) return `Stopped before ${who} had answered.`;
  if (late) return `${who} did not answer within ${timeoutMs / 1_000} s.`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = reasons[code];
  if (reason) return `${who} ${reason}.`;
  const detail = safeText(cause instanceof Error ? cause.message : String(cause), 200, secrets);
  return `${who} could not be asked${code ? ` (${code})` : ''}: ${detail}.`;
}

/** Milliseconds that an answer asks us to wait, from `Retry-After` (seconds or a date, RFC 9110 section 10.2.3) or from
 *  Rollbar's `X-Rate-Limit-Remaining-Seconds`; null when it asks nothing. `now` is epoch milliseconds. */
export function askedToWaitMs(headers: Headers, now: number): number | null {
  const asked = headers.get('retry-after') ?? headers.get('x-rate-limit-remaining-seconds');
  if (asked === null || asked.trim() === '') return null;
  const seconds = Number(asked);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1_000) : null;
  const date = Date.parse(asked);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** How long to leave a channel alone when only a person can put it right (a wrong token, a deleted webhook): it is tried
 *  again, slowly, because somebody will. */
export const slowRetryMs = 5 * 60_000;
