// The window of `signalbox watch` without a browser: let in by the token of its address, it calls and hears events.
import type { EngineEvent } from '../../shared/events.ts';

export type RpcAnswer = { readonly status: number; readonly text: string; readonly value: unknown };
export type OpenWindow = {
  /** The contract's methods; `value` is what the method answered, `status` 200 when it did. */
  rpc(method: string, input?: unknown): Promise<RpcAnswer>;
  readonly events: readonly EngineEvent[];
  /** Everything that reached the window, as text. */
  readonly heard: readonly string[];
  /** The first event that fits, also among those already there. */
  until(fits: (event: EngineEvent) => boolean, withinMs?: number): Promise<EngineEvent>;
  close(): void;
};

export async function openWindow(address: string): Promise<OpenWindow> {
  const url = new URL(address);
  const { origin } = url;
  const token = url.hash.slice('#token='.length);
  const admission = await fetch(`${origin}/session`, { method: 'POST', headers: { origin, 'x-signalbox-token': token } });
  if (admission.status !== 204) throw new Error(`the window was not let in: ${admission.status}`);
  const cookie = (admission.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const closing = new AbortController();
  const events: EngineEvent[] = [];
  const heard: string[] = [];
  const listeners = new Set<() => void>();
  const stream = await fetch(`${origin}/events`, { headers: { cookie }, signal: closing.signal });
  void listen(stream, (text) => {
    heard.push(text);
    if (text.startsWith('data: ')) events.push(JSON.parse(text.slice(6)) as EngineEvent);
    for (const listener of listeners) listener();
  });
  return {
    events,
    heard,
    async rpc(method, input = {}) {
      const headers = { origin, cookie, 'content-type': 'application/json' };
      const response = await fetch(`${origin}/rpc/${method}`, { method: 'POST', headers, body: JSON.stringify(input) });
      const text = await response.text();
      heard.push(text);
      return { status: response.status, text, value: (JSON.parse(text) as { value?: unknown }).value };
    },
    until(fits, withinMs = 20_000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find(fits);
          if (!found) return;
          clearTimeout(limit);
          listeners.delete(look);
          resolve(found);
        };
        const limit = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`not heard within ${withinMs} ms; heard: ${events.map(({ event }) => event).slice(-40)}`));
        }, withinMs);
        listeners.add(look);
        look();
      });
    },
    close: () => closing.abort(),
  };
}

async function listen(stream: Response, tell: (message: string) => void): Promise<void> {
  let rest = '';
  try {
    for await (const piece of (stream.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      rest += piece;
      const messages = rest.split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) tell(message);
    }
  } catch {
    // The window was closed, or the program ended.
  }
}
