// The baseline client as a benchmark sees it.
import { ask, end, startScript } from './processes.ts';

export type BareOrder =
  | {
      readonly order: 'go';
      readonly url: string;
      readonly count: number;
      readonly intervalMs: number;
      /** PEM of the authority to trust, over TLS. */
      readonly ca: string | null;
    }
  | { readonly order: 'counts' };

export type Counts = { readonly good: number; readonly bad: number };

export type Bare = { readonly pid: number; counts(): Promise<Counts>; stop(): Promise<void> };

/** Starts sending at once: `count` requests in every `intervalMs`. */
export async function startBare(order: Omit<Extract<BareOrder, { order: 'go' }>, 'order'>): Promise<Bare> {
  const child = startScript(new URL('./bare-client.ts', import.meta.url));
  await ask(child, { order: 'go', ...order });
  return {
    pid: child.pid ?? 0,
    counts: () => ask<Counts>(child, { order: 'counts' }),
    stop: async () => void (await end(child)),
  };
}
