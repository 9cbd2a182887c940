// Follows redirects on behalf of a check: each hop on a new connection, nothing secret carried to another origin.
import type { Phases } from '../../shared/observation.ts';
import type { Clock } from '../engine/ports.ts';
import { down, type Failure } from './failure.ts';
import { type HttpRequest, type HttpResult, sendRequest } from './http-request.ts';
import { defaultContext } from './tls-context.ts';

const redirects = new Set([301, 302, 303, 307, 308]);

// Any other header may carry a key under a name we cannot know, so it stays behind with the origin it was written for.
const harmless = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

/** Sends `request` and follows at most `limit` redirects. Phases are summed over the hops; never rejects. */
export async function sendFollowing(request: HttpRequest, limit: number, clock: Clock, signal: AbortSignal): Promise<HttpResult> {
  let result = await sendRequest(request, clock, signal);
  if (limit === 0) return result;
  let current = request;
  let phases = result.phases;
  for (let hops = 0; result.answer && redirects.has(result.answer.status) && result.answer.headers.location; hops += 1) {
    const next = hops < limit ? nextHop(current, result.answer.status, result.answer.headers.location) : tooMany(request, limit);
    if ('code' in next) return { ...result, answer: null, failure: next, phases };
    current = next;
    result = await sendRequest(current, clock, signal);
    phases = sum(phases, result.phases);
  }
  return { ...result, phases };
}

function tooMany(request: HttpRequest, limit: number): Failure {
  return down('protocol', `${request.endpoint.host} redirected more than ${limit} ${limit === 1 ? 'time' : 'times'}.`);
}

function nextHop(from: HttpRequest, status: number, location: string): HttpRequest | Failure {
  const { host } = from.endpoint;
  const base = originOf(from);
  const url = URL.parse(location, `${base}${from.path}`);
  if (!url || !/^https?:$/.test(url.protocol))
    return down('protocol', `${host} redirected to something that is not a web address.`);
  // 303 always, and 301 and 302 after a POST, mean "now GET that" (RFC 9110, section 15.4; Fetch, HTTP-redirect fetch).
  const drops = status === 303 ? from.method !== 'HEAD' : status <= 302 && from.method === 'POST';
  const stays = url.origin === base;
  if (from.body && !drops && !stays) {
    return down('protocol', `${host} redirected to ${url.origin}; the request's body is not sent to another origin.`);
  }
  const target = addressOf(url);
  return {
    ...from,
    endpoint: {
      ...from.endpoint,
      ...target,
      // Leave to contact a link-local address is given to one address, not to whatever it points at.
      allowLinkLocal: from.endpoint.allowLinkLocal && stays,
      tls: tlsFor(from, url),
    },
    method: drops ? 'GET' : from.method,
    path: `${url.pathname}${url.search}`,
    headers: carried(from.headers, url.host, stays, drops),
    body: drops ? null : from.body,
  };
}

function tlsFor(from: HttpRequest, url: URL): HttpRequest['endpoint']['tls'] {
  if (url.protocol === 'http:') return null;
  return from.endpoint.tls ?? { context: defaultContext(), verify: true };
}

function carried(headers: readonly string[], host: string, stays: boolean, drops: boolean): string[] {
  const kept = ['host', host];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = (headers[index] ?? '').toLowerCase();
    const keep = stays ? name !== 'host' && !(drops && name.startsWith('content-')) : harmless.has(name);
    if (keep) kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

/** Host and port that a URL's connection goes to. */
export function addressOf(url: URL): { readonly host: string; readonly port: number } {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

function originOf(request: HttpRequest): string {
  const { host, port, tls } = request.endpoint;
  return new URL(`${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}

function sum(a: Phases, b: Phases): Phases {
  const total: Phases = { ...a };
  for (const [name, ms] of Object.entries(b) as [keyof Phases, number][]) total[name] = (total[name] ?? 0) + ms;
  return total;
}
