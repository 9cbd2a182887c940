// One Rollbar item per incident: posted when it opens, another occurrence when it reopens, resolved at its end.
// Plain requests rather than the `rollbar` package, which takes no fingerprint and cannot be aborted; that package reports
// Signalbox's own crashes (crash-reports.ts).
import { z } from 'zod';
import { safeText } from '../../shared/redact.ts';
import type { Alert } from '../core/model.ts';
import { type Channel, DeliveryError, type DeliveryMemory } from '../engine/ports.ts';
import { type Answer, askedToWaitMs, exchange, type Request, slowRetryMs } from './exchange.ts';
import { type ItemSource, rollbarItem } from './rollbar-item.ts';

const timeoutMs = 10_000;
/** Rollbar turns occurrences into items within seconds; an item that has not appeared by now never will. */
const processingLimitMs = 60 * 60_000;

export type RollbarOptions = ItemSource & {
  /** Needs the scope `post_server_item`. */
  readonly token: string;
  /** Needs `read` and `write`: finds and resolves the item. Without it `token` is tried. */
  readonly readToken?: string;
  /** `https://api.rollbar.com`; a trailing `/api/1` is accepted. */
  readonly apiUrl: string;
  readonly now?: () => number;
};

const posted = z.object({ err: z.literal(0) });
const found = z.object({ err: z.literal(0), result: z.object({ id: z.number() }) });
const listed = z.object({
  err: z.literal(0),
  result: z.object({ items: z.array(z.object({ id: z.number(), title: z.string().nullish() })) }),
});

/** Memory: `uuid` of the newest occurrence, and once resolved `itemId` with the uuid it was found by. */
export function makeRollbar(options: RollbarOptions): Channel {
  const api = `${options.apiUrl.replace(/\/+$/, '').replace(/\/api\/1$/, '')}/api/1`;
  const reader = options.readToken ?? options.token;
  const now = options.now ?? Date.now;
  const secrets = [options.token, reader];

  function ask(method: Request['method'], path: string, token: string, signal: AbortSignal, json?: unknown): Promise<Answer> {
    const headers = { 'x-rollbar-access-token': token };
    return exchange({ who: 'Rollbar', method, url: `${api}${path}`, headers, json, timeoutMs, signal, secrets });
  }

  async function open(alert: Alert, memory: DeliveryMemory, signal: AbortSignal): Promise<DeliveryMemory> {
    const item = rollbarItem(alert, options);
    const answer = await ask('POST', '/item/', options.token, signal, item);
    if (answer.status !== 200) throw refusal(answer, 'post_server_item', 'rollbar.token', secrets, now());
    parsed(posted, answer);
    return { ...memory, uuid: item.data.uuid };
  }

  async function resolve(alert: Alert, memory: DeliveryMemory, signal: AbortSignal): Promise<DeliveryMemory> {
    const { uuid } = memory;
    // The opening never reached Rollbar, so there is no item to resolve.
    if (uuid === undefined) return memory;
    const known = memory.itemOf === uuid ? memory.itemId : undefined;
    const itemId = known ?? (await find(uuid, alert, signal));
    const answer = await ask('PATCH', `/item/${itemId}`, reader, signal, { status: 'resolved' });
    // 404: somebody deleted the item, which ends it just as well.
    if (answer.status !== 200 && answer.status !== 404) throw refusal(answer, 'write', 'rollbar.readToken', secrets, now());
    return { ...memory, itemId, itemOf: uuid };
  }

  /** By occurrence uuid (which community servers do, the official pages do not promise it), else in the list of active
   *  items by the incident id at the end of our title: the list's fields do not include the fingerprint. */
  async function find(uuid: string, alert: Alert, signal: AbortSignal): Promise<string> {
    const answer = await ask('GET', `/item/${uuid}`, reader, signal);
    if (answer.status === 200) return String(parsed(found, answer).result.id);
    const unknownHere = answer.status < 400 || [400, 404, 422].includes(answer.status);
    if (!unknownHere) throw refusal(answer, 'read', 'rollbar.readToken', secrets, now());
    const query = new URLSearchParams({ status: 'active', environment: options.environment, query: alert.incidentId ?? '' });
    const list = await ask('GET', `/items/?${query}`, reader, signal);
    if (list.status !== 200) throw refusal(list, 'read', 'rollbar.readToken', secrets, now());
    const { items } = parsed(listed, list).result;
    const mine = items.find((item) => alert.incidentId !== null && item.title?.endsWith(`[${alert.incidentId}]`));
    if (mine) return String(mine.id);
    throw new DeliveryError('Rollbar has not processed the incident’s item yet, so it cannot be resolved yet.', {
      final: now() - alert.at > processingLimitMs,
    });
  }

  return {
    name: 'rollbar',
    idempotent: true,
    timeoutMs: 3 * timeoutMs,
    // One item per incident: a reminder or an escalation would only count it up.
    kinds: ['opened', 'reopened', 'resolved', 'certificate'],
    send: (alert, memory, signal) => (alert.kind === 'resolved' ? resolve(alert, memory, signal) : open(alert, memory, signal)),
  };
}

function parsed<S extends z.ZodType>(schema: S, answer: Answer): z.infer<S> {
  try {
    return schema.parse(JSON.parse(answer.body));
  } catch (cause) {
    throw new DeliveryError('Rollbar’s answer makes no sense. Is a proxy or a network’s sign-in page in between?', { cause });
  }
}

const errorBody = z.object({ message: z.string() });

/** 401 invalid token, 403 scope, 413 too large, 422 unprocessable, 429 limit (docs.rollbar.com, API errors). */
function refusal(answer: Answer, scope: string, setting: string, secrets: readonly string[], now: number): DeliveryError {
  const { status, headers } = answer;
  const wait = askedToWaitMs(headers, now);
  const said = saidIn(answer, secrets);
  const slow = { retryAfterMs: slowRetryMs };
  if (status === 401)
    return new DeliveryError(`Rollbar does not know the token in alerts.${setting} (401${said}). Set it again.`, slow);
  if (status === 403) {
    return new DeliveryError(
      `Rollbar refused (403${said}): the token in alerts.${setting} needs ${scope} scope. Make one under Project Access Tokens and set it.`,
      slow,
    );
  }
  if (status === 429) return new DeliveryError('Rollbar asks for fewer requests (429).', { retryAfterMs: wait ?? 60_000 });
  const message = `Rollbar refused (${status}${said}).`;
  if ([400, 413, 422].includes(status)) return new DeliveryError(message, { final: true });
  if (status === 404) return new DeliveryError(`${message} Is alerts.rollbar.apiUrl right?`, slow);
  return new DeliveryError(message, wait === null ? {} : { retryAfterMs: wait });
}

function saidIn({ body }: Answer, secrets: readonly string[]): string {
  let text = body;
  try {
    text = errorBody.parse(JSON.parse(body)).message;
  } catch {
    // Not Rollbar's JSON: what there is gets quoted as it stands.
  }
  const quoted = safeText(text, 120, secrets);
  return quoted === '' ? '' : `, “${quoted}”`;
}
