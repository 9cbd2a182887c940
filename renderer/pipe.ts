// How the page reaches its engine: the Electron preload's pipe where there is one, otherwise HTTP and one event stream on
// loopback. Knows bytes and connection, not what the messages mean.
import type { Pipe, Reply } from '../shared/ipc.ts';

/** `open` events arrive; `lost` the engine does not answer, trying again; `refused` it answers, but not to us. */
export type LineState = 'open' | 'lost' | 'refused';

/** A pipe that also tells whether it is connected. `watch` calls back on every change and returns its undo. */
export type Line = Pipe & { watch(listener: (state: LineState) => void): () => void };

declare global {
  interface Window {
    /** Exposed by the Electron preload; absent in a browser. */
    readonly signalbox?: Pipe;
  }
}

const answerWithinMs = 10_000;
/** A check of a sleeping target may take its whole cold-start budget; levers ask providers before they answer; a keychain may
 *  ask the person first. */
const slowMethods: Readonly<Record<string, number>> = {
  'monitor.checkNow': 180_000,
  'alerts.test': 30_000,
  'doctor.examine': 30_000,
  'incident.postmortem': 30_000,
  'settings.test': 180_000,
  'settings.get': 60_000,
  'settings.save': 60_000,
  'settings.parse': 60_000,
  'secret.set': 60_000,
  'secret.delete': 60_000,
  'setup.rehearse': 90_000,
  'lever.prepare': 40_000,
  'lever.start': 30_000,
  'lever.resume': 30_000,
  'lever.undo': 30_000,
  'dump.list': 30_000,
};
const retryAfterMs = [500, 1_000, 2_000, 4_000] as const;

/** The pipe of this page. In a browser it first trades the token in the address (`#token=…`) for a cookie. */
export async function openLine(page: Window): Promise<Line> {
  if (page.signalbox) return preloadLine(page.signalbox);
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (token !== null) {
    await startSession(token);
    // The token is a key: it leaves the address bar and the history whether or not it still fits.
    page.history.replaceState(null, '', page.location.pathname);
  }
  return loopbackLine();
}

/** Whether it was accepted shows with the first question: a used-up token may lie beside a cookie that still holds. */
async function startSession(token: string): Promise<void> {
  const headers = { 'x-signalbox-token': token };
  await fetch('/session', { method: 'POST', headers, signal: AbortSignal.timeout(answerWithinMs) }).catch(() => undefined);
}

function preloadLine(pipe: Pipe): Line {
  return {
    invoke: (method, input) => pipe.invoke(method, input),
    subscribe: (listener) => pipe.subscribe(listener),
    watch: (listener) => {
      listener('open');
      return () => undefined;
    },
  };
}

const notAdmitted: Reply<never> = {
  ok: false,
  error: {
    code: 'forbidden',
    message: 'Signalbox did not recognise this page.',
    next: 'Open the address that `signalbox watch` prints.',
  },
};

const isRefusal = (status: number): boolean => status === 401 || status === 403;

async function post(method: string, input: unknown): Promise<Reply<unknown>> {
  try {
    const response = await fetch(`/rpc/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(slowMethods[method] ?? answerWithinMs),
    });
    if (isRefusal(response.status)) return notAdmitted;
    const reply: unknown = await response.json();
    if (isReply(reply)) return reply;
    return unreachable(`it answered with HTTP ${response.status}`);
  } catch (error: unknown) {
    return unreachable(error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no connection');
  }
}

function isReply(value: unknown): value is Reply<unknown> {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}

function unreachable(why: string): Reply<never> {
  return {
    ok: false,
    error: {
      code: 'unreachable',
      message: `Signalbox is not answering (${why}).`,
      next: 'Check that it is still running, then try again.',
    },
  };
}

/** The browser's own reconnection gives up on an HTTP error and hides why, so the stream is reopened here. */
function loopbackLine(): Line {
  const listeners = new Set<(event: unknown) => void>();
  const watchers = new Set<(state: LineState) => void>();
  let state: LineState | null = null;
  let failures = 0;
  const tell = (next: LineState): void => {
    state = next;
    for (const watcher of watchers) watcher(next);
  };
  const open = (): void => {
    const stream = new EventSource('/events');
    stream.onopen = () => {
      failures = 0;
      tell('open');
    };
    stream.onmessage = (message: MessageEvent<string>) => {
      const event: unknown = JSON.parse(message.data);
      for (const listener of listeners) listener(event);
    };
    stream.onerror = () => {
      stream.close();
      tell('lost');
      void reopen();
    };
  };
  const reopen = async (): Promise<void> => {
    for (;;) {
      const wait = retryAfterMs[Math.min(failures, retryAfterMs.length - 1)];
      failures += 1;
      await new Promise((resume) => setTimeout(resume, wait));
      const reply = await post('snapshot.get', {});
      if (reply.ok) return open();
      if (reply.error.code === 'forbidden') return tell('refused');
    }
  };
  open();
  return {
    invoke: post,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: (listener) => {
      watchers.add(listener);
      if (state !== null) listener(state);
      return () => watchers.delete(listener);
    },
  };
}
