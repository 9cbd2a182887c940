// Events to open windows over Server-Sent Events: one message per event, a heartbeat while nothing happens, and readers
// that cannot keep up are let go (they come back and ask for a snapshot). Knows nothing of what the events mean.
import type { ServerResponse } from 'node:http';
import type { EngineEvent } from '../../shared/events.ts';
import { jsonLine } from './output.ts';

const mostStreams = 8;
const heartbeatMs = 15_000;
/** Waiting for a reader that does not read; about 500 events of a large installation. */
const mostWaitingBytes = 1_048_576;

export type Streams = {
  /** Turns the response into a stream; false when there are too many already. */
  open(response: ServerResponse): boolean;
  readonly count: () => number;
  /** Ends every stream, what was written included. */
  close(): void;
};

/** Spreads what `subscribe` delivers to every open stream; an event becomes text once, however many read it. */
export function makeStreams(subscribe: (listener: (event: EngineEvent) => void) => () => void): Streams {
  const open = new Set<ServerResponse>();
  const send = (text: string): void => {
    for (const response of open) {
      if (response.writableLength > mostWaitingBytes) response.destroy();
      else response.write(text);
    }
  };
  const unsubscribe = subscribe((event) => {
    if (open.size > 0) send(`data: ${jsonLine(event)}\n\n`);
  });
  const beat = setInterval(() => send(': still here\n\n'), heartbeatMs);
  beat.unref();

  return {
    open(response) {
      if (open.size >= mostStreams) return false;
      response.setHeader('content-type', 'text/event-stream; charset=utf-8');
      response.writeHead(200);
      // Tells the page that it is connected, and how soon to come back after a break.
      response.write('retry: 1000\n\n');
      open.add(response);
      response.once('close', () => open.delete(response));
      return true;
    },
    count: () => open.size,
    close() {
      clearInterval(beat);
      unsubscribe();
      for (const response of open) response.end();
      open.clear();
    },
  };
}
