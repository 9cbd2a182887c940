// Kind `http`: one honest request to a URL, and what the answer must look like.
import { z } from 'zod';
import { monitorBase } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { CheckKind, CheckPorts } from '../engine/ports.ts';
import { compileExpectations, expectSchema, type Judge } from './expectations.ts';
import { type Failure, reasonOf, unknown } from './failure.ts';
import { addressOf, sendFollowing } from './http-redirects.ts';
import type { HttpRequest, HttpResult } from './http-request.ts';
import { contextFor, defaultContext } from './tls-context.ts';
import { userAgent } from './user-agent.ts';
import { begin, targetOf, withFailure } from './verdict.ts';
import { webAddress } from './web-address.ts';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i, 'is not a header name');

const schema = monitorBase
  .extend({
    kind: z.literal('http'),
    url: webAddress.describe('Address to request, http or https.'),
    method: z
      .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      .optional()
      .describe('GET, or POST when there is a body.'),
    headers: z.record(headerName, z.string().max(8_192)).default({}).describe('Headers to send; values may use ${secret:name}.'),
    json: z.json().optional().describe('Body sent as JSON; text in it may use ${secret:name}.'),
    form: z
      .record(z.string().max(200), z.string().max(8_192))
      .optional()
      .describe('Body sent as a form; values may use ${secret:name}.'),
    body: z.string().max(65_536).optional().describe('Body sent as it is; may use ${secret:name}. Name its type in headers.'),
    expect: expectSchema.prefault({}).describe('What the answer must look like.'),
    followRedirects: z
      .int()
      .min(0)
      .max(10)
      .default(0)
      .describe('Redirects to follow at most. Credentials stay with their origin.'),
    family: z.enum(['auto', 'ipv4', 'ipv6']).default('auto').describe('IP family to use; auto takes what answers.'),
    verifyTls: z.boolean().default(true).describe('false accepts any certificate: for testing only.'),
    caFile: z.string().min(1).max(1_000).optional().describe('PEM file of an authority to trust besides the usual ones.'),
    allowLinkLocal: z.boolean().default(false).describe('Allow link-local and cloud metadata addresses.'),
  })
  .superRefine((config, context) => {
    const bodies = (['json', 'form', 'body'] as const).filter((name) => config[name] !== undefined);
    const second = bodies[1];
    if (second) {
      context.addIssue({
        code: 'custom',
        path: [second],
        message: `"${bodies.join('" and "')}" exclude each other; keep one of them`,
      });
    }
    if (bodies[0] && (config.method === 'GET' || config.method === 'HEAD')) {
      context.addIssue({ code: 'custom', path: ['method'], message: `a ${config.method} request sends no body; use POST` });
    }
  });
export type HttpConfig = z.infer<typeof schema>;

/** Bytes of an answer that are read (ENGINE section 4, point 5). */
const maxBody = 65_536;

type Prepared = { readonly request: HttpRequest; readonly judge: Judge };

// Settings are parsed, encoded and compiled once; a check only sends. A config object is never changed in place.
const preparations = new WeakMap<HttpConfig, Prepared>();

export const http: CheckKind<HttpConfig> = {
  kind: 'http',
  schema,
  defaultInterval: '30s',
  target: (config) => targetOf(config.url, (protocol) => (protocol === 'http:' ? 80 : 443)),
  run,
};

async function run(config: HttpConfig, ports: CheckPorts, signal: AbortSignal): Promise<Observation> {
  const observation = begin(config, ports.clock);
  const started = ports.clock.monotonic();
  const prepared = prepare(config);
  if ('code' in prepared) return withFailure(observation, prepared);
  const result = await sendFollowing(prepared.request, config.followRedirects, ports.clock, signal);
  if (result.answer) observation.latencyMs = ports.clock.monotonic() - started;
  note(observation, result);
  const failure = result.failure ?? (result.answer && prepared.judge(result.answer, prepared.request.endpoint.host));
  if (!failure) return observation;
  // The runner redacts and shortens it; cutting first could leave half a secret at the cut.
  if (result.answer && result.answer.body.length > 0) observation.excerpt = result.answer.body.toString('utf8');
  return withFailure(observation, failure);
}

function note(observation: Observation, result: HttpResult): void {
  observation.phases = result.phases;
  if (result.address !== undefined) observation.address = result.address;
  if (result.certificate) observation.certificate = result.certificate;
  if (result.answer) observation.status = result.answer.status;
}

function prepare(config: HttpConfig): Prepared | Failure {
  const known = preparations.get(config);
  // A CA file may be renewed under us, so its context is asked for each time; the default one never changes.
  if (known && config.caFile === undefined) return known;
  const url = URL.parse(config.url);
  if (!url || !/^https?:$/.test(url.protocol)) {
    return unknown('protocol', `The url of "${config.id}" is not a web address once its secrets are filled in.`);
  }
  const tls = url.protocol === 'https:' ? trust(config) : null;
  if (tls && 'code' in tls) return tls;
  const prepared: Prepared = {
    request: {
      ...requestOf(config, url),
      endpoint: { ...addressOf(url), family: config.family, allowLinkLocal: config.allowLinkLocal, tls },
    },
    judge: known?.judge ?? compileExpectations(config.expect, isCredentialed(config)),
  };
  preparations.set(config, prepared);
  return prepared;
}

function trust(config: HttpConfig): HttpRequest['endpoint']['tls'] | Failure {
  if (config.caFile === undefined) return { context: defaultContext(), verify: config.verifyTls };
  try {
    return { context: contextFor(config.caFile, false), verify: config.verifyTls };
  } catch (error) {
    return unknown('tls', `The caFile of "${config.id}" cannot be used: ${reasonOf(error)}.`);
  }
}

function requestOf(config: HttpConfig, url: URL): Omit<HttpRequest, 'endpoint'> {
  const [type, body] = encodeBody(config);
  const method = config.method ?? (body === null ? 'GET' : 'POST');
  const headers = new Map<string, string>([
    ['host', url.host],
    ['user-agent', userAgent],
    ['accept', '*/*'],
    // What a check compares is what the server means, not a compression of it.
    ['accept-encoding', 'identity'],
  ]);
  if (type) headers.set('content-type', type);
  if (body !== null || !['GET', 'HEAD', 'OPTIONS'].includes(method)) headers.set('content-length', String(body?.length ?? 0));
  for (const [name, value] of Object.entries(config.headers)) headers.set(name.toLowerCase(), value);
  return { method, path: `${url.pathname}${url.search}`, headers: [...headers].flat(), body, maxBody };
}

function encodeBody(config: HttpConfig): readonly [string | null, Buffer | null] {
  if (config.json !== undefined) return ['application/json', Buffer.from(JSON.stringify(config.json))];
  if (config.form) return ['application/x-www-form-urlencoded', Buffer.from(new URLSearchParams(config.form).toString())];
  return [null, config.body === undefined ? null : Buffer.from(config.body)];
}

// 401 to a check that logs in says "wrong account"; to one that does not, it is only an unexpected status.
function isCredentialed(config: HttpConfig): boolean {
  const names = Object.keys(config.headers).some((name) => /authorization|cookie|token|key/i.test(name));
  return names || config.form !== undefined || config.json !== undefined || config.body !== undefined;
}
