// The loopback server of `watch` as the window sees it, with a script instead of an engine: same protocol, same headers,
// and every snapshot and event checked against the contract, so that a test cannot show what the engine could not say.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { apply } from '../../shared/apply.ts';
import { type EngineEvent, type EventBody, engineEvent } from '../../shared/events.ts';
import { type Input, type MethodName, methods, type Output, type Reply } from '../../shared/ipc.ts';
import { contentSecurityPolicy } from '../../shared/page.ts';
import { type Snapshot, snapshot as snapshotSchema } from '../../shared/snapshot.ts';
import { type FakeSettings, playSettings, type SettingsStart } from './fake-settings.ts';
import { playLevers, type WindowLevers } from './window-levers.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type Answer<M extends MethodName> = (input: Input<M>) => Reply<Output<M>> | Promise<Reply<Output<M>>>;

export type FakeEngine = {
  /** With the key in its fragment, as `watch` prints it. */
  readonly url: string;
  readonly origin: string;
  snapshot(): Snapshot;
  /** Stamps the event, applies it to the snapshot and sends it to every open page. */
  emit(body: EventBody, at?: number): void;
  /** Replaces the snapshot without telling anyone, as a restart does. */
  become(snapshot: Snapshot): void;
  /** Scripts one method; without a script it gives an ordinary answer. */
  answer<M extends MethodName>(method: M, answer: Answer<M>): void;
  /** The levers as this engine plays them. */
  readonly levers: Pick<WindowLevers, 'pace'>;
  /** The settings file as this engine keeps it. */
  readonly settings: Omit<FakeSettings, 'answers'>;
  /** What pages asked for, in order. */
  readonly calls: readonly { readonly method: string; readonly input: unknown }[];
  /** `away` drops every stream and refuses everything, `silent` accepts and says nothing, `present` is back. */
  is(state: 'present' | 'away' | 'silent'): void;
  close(): Promise<void>;
};

/** Serves the built window from `root` on a free port, showing `first`. */
export async function startFakeEngine(root: string, first: Snapshot, file: SettingsStart = {}): Promise<FakeEngine> {
  const token = randomBytes(24).toString('base64url');
  const streams = new Set<ServerResponse>();
  const calls: { method: string; input: unknown }[] = [];
  let current = snapshotSchema.parse(first);
  const emit = (body: EventBody, at = Date.now()): void => {
    const event: EngineEvent = engineEvent.parse({ ...body, at: new Date(at).toISOString(), revision: current.revision + 1 });
    current = apply(current, event);
    for (const stream of streams) stream.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  const levers = playLevers({ snapshot: () => current, emit });
  const settings = playSettings(file);
  const answers = ordinaryAnswers(() => current, levers, settings);
  let state: 'present' | 'away' | 'silent' = 'present';

  const rpc = async (method: string, request: IncomingMessage): Promise<Reply<unknown>> => {
    if (!Object.hasOwn(methods, method)) throw new Error(`the window called ${method}, which is not in the contract`);
    const known = method as MethodName;
    const input: unknown = methods[known].input.parse(JSON.parse(await textOf(request)));
    calls.push({ method, input });
    const reply = await (answers[known] as Answer<MethodName>)(input as never);
    return reply.ok ? { ok: true, value: methods[known].output.parse(reply.value) } : reply;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const admitted = request.headers.cookie?.includes(`signalbox=${token}`) ?? false;
    if (state === 'away') return void response.destroy();
    if (state === 'silent') return;
    response.setHeader('content-security-policy', contentSecurityPolicy("'self'"));
    response.setHeader('x-content-type-options', 'nosniff');
    if (path === '/session') {
      const fits = request.headers['x-signalbox-token'] === token;
      if (fits) response.setHeader('set-cookie', `signalbox=${token}; HttpOnly; SameSite=Strict; Path=/`);
      return void response.writeHead(fits ? 204 : 401).end();
    }
    if (path === '/events' || path.startsWith('/rpc/')) {
      if (!admitted) return void response.writeHead(401).end();
      if (path === '/events') return openStream(response, streams);
      const reply = await rpc(path.slice('/rpc/'.length), request);
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    }
    await sendFile(root, path, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/#token=${token}`,
    calls,
    snapshot: () => current,
    become: (next) => {
      current = snapshotSchema.parse(next);
    },
    emit,
    levers,
    settings,
    answer: (method, answer) => {
      answers[method] = answer as never;
    },
    is: (next) => {
      state = next;
      if (next === 'away') for (const stream of streams) stream.destroy();
    },
    close: async () => {
      levers.stop();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function ordinaryAnswers(
  current: () => Snapshot,
  levers: WindowLevers,
  settings: FakeSettings,
): { [M in MethodName]: Answer<M> } {
  const done = { ok: true, value: { ok: true } } as const;
  return {
    'snapshot.get': () => ({ ok: true, value: current() }),
    'monitor.checkNow': ({ id }) => {
      const last = current().monitors.find((monitor) => monitor.id === id)?.last;
      return last ? { ok: true, value: last } : unknownId;
    },
    'monitor.pause': () => done,
    'engine.pause': () => done,
    'history.strips': () => ({ ok: true, value: {} }),
    'history.latency': () => ({ ok: true, value: { bucketMs: 60_000, buckets: [] } }),
    'history.incidents': () => ({ ok: true, value: [] }),
    'history.runs': () => ({ ok: true, value: [] }),
    'incident.get': ({ id }) => ({ ok: true, value: current().incidents.find((incident) => incident.id === id) ?? null }),
    'incident.acknowledge': () => done,
    'incident.note': () => done,
    'incident.postmortem': ({ id }) => ({
      ok: true,
      value: { markdown: `# Postmortem of ${id}\n`, name: `postmortem-${id}.md` },
    }),
    'digest.get': () => ({
      ok: true,
      value: { from: current().at, to: current().at, title: `${current().app.name}: the last seven days`, lines: weekLines },
    }),
    'doctor.examine': () => ({ ok: true, value: examined }),
    ...levers.answers,
    ...settings.answers,
    'alerts.test': () => ({ ok: true, value: { ok: true, message: 'sent' } }),
  };
}

const unknownId = {
  ok: false,
  error: { code: 'unknown-monitor', message: 'There is no monitor with this id.', next: 'Reload.' },
} as const;

function openStream(response: ServerResponse, streams: Set<ServerResponse>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(':\n\n');
  streams.add(response);
  response.on('close', () => streams.delete(response));
}

async function sendFile(root: string, path: string, response: ServerResponse): Promise<void> {
  const file = normalize(join(root, path === '/' ? 'index.html' : path));
  const type = types[extname(file)];
  if (!file.startsWith(root) || type === undefined) return void response.writeHead(404).end();
  try {
    const body = await readFile(file);
    response.writeHead(200, { 'content-type': type }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

const examined: Output<'doctor.examine'> = {
  findings: [
    {
      ...{ id: 'ipv6-only', level: 'bad', message: 'db.abcdefghijklmnopqrst.supabase.co has only IPv6 addresses.' },
      next: 'Use the session pooler, which has IPv4.',
    },
    { id: 'login', level: 'ok', message: 'The log-in works from here.', next: null },
  ],
  corrected: 'postgresql://postgres.abcdefghijklmnopqrst:[password]@aws-0-eu-central-1.pooler.supabase.com:5432/postgres',
};

const weekLines = [
  'Availability: API (Frankfurt) 99.70 %; 5 more at 100.00 % or better.',
  '1 outage, 30 min in all: API (Frankfurt) is down.',
  'Last good dump 3 h ago.',
];
