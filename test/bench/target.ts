// The watched server as a benchmark sees it: start it, take it away, bring it back on its port, ask what arrived.
import { ask, end, startScript } from './processes.ts';

/** `at` is epoch ms with fractions. */
export type Arrival = { readonly client: string; readonly id: string; readonly at: number };

export type ServerOrder =
  | { readonly order: 'listen'; readonly port: number }
  | { readonly order: 'close' }
  | { readonly order: 'arrivals' };

export type Target = {
  /** `http://127.0.0.1:PORT` or `https://localhost:PORT`. */
  readonly url: string;
  /** Requests since the last time of asking, in order. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Refuses connections from now on. */
  away(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
};

/** Over TLS when given a key and certificate for `localhost`. */
export async function startTarget(credentials?: { readonly key: string; readonly cert: string }): Promise<Target> {
  const env = { ...process.env, ...(credentials && { BENCH_TLS: JSON.stringify(credentials) }) };
  const child = startScript(new URL('./target-server.ts', import.meta.url), { env });
  const tell = <T>(order: ServerOrder): Promise<T> => ask<T>(child, order);
  const { port } = await tell<{ port: number }>({ order: 'listen', port: 0 });
  return {
    url: credentials ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    arrivals: async () => (await tell<{ arrivals: Arrival[] }>({ order: 'arrivals' })).arrivals,
    away: () => tell({ order: 'close' }),
    back: () => tell({ order: 'listen', port }),
    stop: async () => void (await end(child)),
  };
}
