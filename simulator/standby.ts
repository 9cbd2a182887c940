// The standby API on a free plan, as Render runs one: after `idleMs` without a request the server really stops; the platform's
// router then takes the next request's connection and holds it until the server, started again, listens.
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiOptions, type LogLine, makeApi } from './api-server.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';
import type { Received, Reply } from './http.ts';

export type StandbyState = 'asleep' | 'waking' | 'awake';

export type Standby = FaultyServer & {
  readonly state: StandbyState;
  /** How often it was woken. */
  readonly wakes: number;
  readonly log: readonly LogLine[];
  /** Stops the server behind the router now. */
  sleep(): Promise<void>;
};

export type StandbyOptions = ApiOptions & {
  /** Time without a request until it sleeps. Render's free plan: 15 minutes. */
  readonly idleMs?: number;
  /** Time it needs to wake, a number or a range to draw from. Render: 30 to 50 seconds. */
  readonly wakeMs?: number | readonly [number, number];
};

const headersOfOneConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/** Starts the router; the server behind it is asleep. */
export async function startStandby(options: StandbyOptions): Promise<Standby> {
  const { idleMs = 15 * 60_000, wakeMs = [30_000, 50_000] } = options;
  const api = makeApi(options);
  const ending = new AbortController();
  let server: Promise<FaultyServer> | null = null;
  let state: StandbyState = 'asleep';
  let wakes = 0;
  let underWay = 0;
  let idle: NodeJS.Timeout | undefined;

  const wake = (): Promise<FaultyServer> => {
    state = 'waking';
    wakes += 1;
    return delay(drawn(wakeMs), undefined, { signal: ending.signal }).then(async () => {
      const started = await startFaultyServer(api.handle, options.names);
      state = 'awake';
      return started;
    });
  };
  const sleep = async (): Promise<void> => {
    clearTimeout(idle);
    const stopping = server;
    server = null;
    // Ended while it was waking: there is no server to stop.
    await (await stopping?.catch(() => null))?.stop();
    state = 'asleep';
  };
  const route = async (request: Received, signal: AbortSignal): Promise<Reply> => {
    clearTimeout(idle);
    underWay += 1;
    try {
      server ??= wake();
      // Waking goes on when the one who asked has gone, as at Render.
      return await forward(await server, request, signal);
    } finally {
      underWay -= 1;
      if (underWay === 0 && !ending.signal.aborted) idle = setTimeout(() => void sleep(), idleMs);
    }
  };

  const router = await startFaultyServer(route, options.names);
  const stopRouter = router.stop;
  return Object.defineProperties(Object.assign(router, { log: api.log, sleep }), {
    state: { get: () => state, enumerable: true },
    wakes: { get: () => wakes, enumerable: true },
    stop: {
      async value() {
        ending.abort();
        await stopRouter();
        await sleep();
      },
    },
  }) as Standby;
}

function drawn(range: number | readonly [number, number]): number {
  if (typeof range === 'number') return range;
  return range[0] + Math.random() * (range[1] - range[0]);
}

function forward(server: FaultyServer, request: Received, signal: AbortSignal): Promise<Reply> {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !headersOfOneConnection.has(name)));
  return new Promise((resolve, reject) => {
    const { method, path, body } = request;
    const outgoing = httpRequest(server.url + path, { method, headers, agent: false, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({
          status: incoming.statusCode ?? 502,
          body: Buffer.concat(chunks).toString('utf8'),
          headers: plainHeaders(incoming.headers),
        }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function plainHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || headersOfOneConnection.has(name) ? [] : [[name, String(value)]],
    ),
  );
}
