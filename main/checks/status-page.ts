// Kind `status-page`: what a provider says about the parts that we use. It explains and never judges: trouble is `degraded`,
// a page that cannot be read is `unknown`, nothing here is ever `down`.
import { z } from 'zod';
import { monitorBase } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { CheckKind, CheckPorts, Clock } from '../engine/ports.ts';
import { type Concern, concern } from '../providers/status-page-concern.ts';
import { candidates, formatNames, readStatusPage } from '../providers/status-page-formats.ts';
import { isTrouble, type StatusPage } from '../providers/status-page-model.ts';
import { type Failure, unknown } from './failure.ts';
import { addressOf, sendFollowing } from './http-redirects.ts';
import type { HttpRequest, HttpResult } from './http-request.ts';
import { defaultContext } from './tls-context.ts';
import { userAgent } from './user-agent.ts';
import { begin, targetOf, withFailure } from './verdict.ts';
import { webAddress } from './web-address.ts';

const schema = monitorBase.extend({
  kind: z.literal('status-page'),
  url: webAddress.describe('The page, or the JSON document behind it.'),
  format: z.enum(formatNames).optional().describe('The product behind the page; found out when absent.'),
  components: z
    .array(z.string().min(1).max(300))
    .max(100)
    .default([])
    .describe('Parts that concern us, as "Group / Child" or a name at the top level; the whole page when empty.'),
  family: z.enum(['auto', 'ipv4', 'ipv6']).default('auto').describe('IP family to use; auto takes what answers.'),
  allowLinkLocal: z.boolean().default(false).describe('Allow link-local and cloud metadata addresses.'),
});
export type StatusPageConfig = z.infer<typeof schema>;

/** Summaries are 20 to 30 kB; a page of hundreds of components still fits. */
const maxBody = 524_288;
/** Pages move to another host or scheme now and then. */
const maxRedirects = 3;

// Where a page's document was found, so that later checks ask once. Bounded by the number of addresses in settings.
const found = new Map<string, string>();

export const statusPage: CheckKind<StatusPageConfig> = {
  kind: 'status-page',
  schema,
  defaultInterval: '1m',
  target: (config) => targetOf(config.url, (protocol) => (protocol === 'http:' ? 80 : 443)),
  run,
};

async function run(config: StatusPageConfig, ports: CheckPorts, signal: AbortSignal): Promise<Observation> {
  const observation = begin(config, ports.clock);
  const url = URL.parse(config.url);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return withFailure(
      observation,
      unknown('protocol', `The url of "${config.id}" is not a web address once its secrets are filled in.`),
    );
  }
  const started = ports.clock.monotonic();
  const reading = await read(config, ports.clock, signal);
  const { result } = reading;
  if (result.answer) {
    observation.latencyMs = ports.clock.monotonic() - started;
    observation.status = result.answer.status;
  }
  observation.phases = result.phases;
  if (result.address !== undefined) observation.address = result.address;
  if ('failure' in reading) return withFailure(observation, reading.failure);
  const judged = concern(reading.page, config.components, url.hostname);
  observation.provider = judged.report;
  return conclude(observation, judged);
}

// A named part that the page does not have cannot be vouched for: saying `up` would be a green lamp for a misspelling, or
// for a part that the provider has renamed. Trouble that is known is told first all the same.
function conclude(observation: Observation, judged: Concern): Observation {
  if (isTrouble(judged.severity)) {
    observation.outcome = 'degraded';
    observation.error = { code: 'assertion', message: judged.sentence ?? `${judged.report.page} reports trouble.` };
    return observation;
  }
  const [missing] = judged.missing;
  if (!missing) return observation;
  const more = judged.missing.length > 1 ? ` (and ${judged.missing.length - 1} more)` : '';
  const hint = missing.close.length > 0 ? ` Did you mean ${missing.close.map((name) => `"${name}"`).join(', ')}?` : '';
  return withFailure(
    observation,
    unknown('assertion', `${judged.report.page}'s status page has no component "${missing.name}"${more}.${hint}`),
  );
}

type Reading =
  | { readonly page: StatusPage; readonly result: HttpResult }
  | { readonly failure: Failure; readonly result: HttpResult };

/** Fetches the document, trying the usual places until one answers with a page that can be read. */
async function read(config: StatusPageConfig, clock: Clock, signal: AbortSignal): Promise<Reading> {
  const key = `${config.format ?? ''} ${config.url}`;
  const known = found.get(key);
  let last: Reading | null = null;
  for (const address of known === undefined ? candidates(config.url, config.format) : [known]) {
    const result = await sendFollowing(requestFor(address, config), maxRedirects, clock, signal);
    const page = result.answer ? pageIn(result) : null;
    if (page) {
      found.set(key, address);
      return { page, result };
    }
    const failure = result.failure ? { ...result.failure, outcome: 'unknown' as const } : unreadable(result, config);
    // The first answer that is not "no such document" tells most; a server that is down or overloaded is not asked again.
    last = last ?? { failure, result };
    if (!result.answer || (result.answer.status >= 400 && result.answer.status !== 404 && result.answer.status !== 410)) {
      last = { failure, result };
      break;
    }
  }
  // Next time look everywhere again: the page may have moved to another product.
  found.delete(key);
  if (!last) throw new TypeError('There was no address to try.');
  return last;
}

function requestFor(address: string, config: StatusPageConfig): HttpRequest {
  const url = new URL(address);
  return {
    endpoint: {
      ...addressOf(url),
      family: config.family,
      allowLinkLocal: config.allowLinkLocal,
      tls: url.protocol === 'https:' ? { context: defaultContext(), verify: true } : null,
    },
    method: 'GET',
    path: `${url.pathname}${url.search}`,
    headers: ['host', url.host, 'user-agent', userAgent, 'accept', 'application/json', 'accept-encoding', 'identity'],
    body: null,
    maxBody,
  };
}

function pageIn({ answer }: HttpResult): StatusPage | null {
  if (answer?.status !== 200 || answer.truncated) return null;
  try {
    return readStatusPage(JSON.parse(answer.body.toString('utf8')));
  } catch (error) {
    // Not JSON: the page itself rather than its document.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function unreadable({ answer }: HttpResult, config: StatusPageConfig): Failure {
  const place = URL.parse(config.url)?.host ?? config.id;
  const status = answer?.status ?? 0;
  if (status === 429) return unknown('rate-limited', `${place} is asked more often than it allows; check it less often.`);
  if (status !== 200) return unknown('http-status', `${place} answered ${status} instead of its status document.`);
  return unknown('protocol', `What ${place} answers is not a status document that Signalbox can read; is "url" the status page?`);
}
