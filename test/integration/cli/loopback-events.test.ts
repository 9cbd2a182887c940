// The event stream of the loopback server over real sockets: order, limits, slow readers, and its end.
import { request } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveWindow } from '../../../main/cli/loopback.ts';
import type { EngineEvent } from '../../../shared/events.ts';
import { at } from '../../unit/ipc/samples.ts';
import { type Served, serve, windowFiles } from './served-window.ts';

const { files, remove } = windowFiles();
let served: Served;
beforeEach(async () => {
  served = await serve(files);
});
afterEach(() => served.window.close());
afterAll(remove);

const observed = (revision: number, message = ''): EngineEvent =>
  ({ event: 'engine.stopped', at, revision, message }) as unknown as EngineEvent;

/** An open event stream; `next` waits for the next message that is not a comment. */
async function openEvents() {
  const headers = { host: `127.0.0.1:${served.port}`, cookie: await served.cookie() };
  return await new Promise<{ status: number; next(): Promise<string>; ended: Promise<void>; close(): void }>(
    (resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: served.port, path: '/events', agent: false, headers }, (response) => {
        const messages: string[] = [];
        const waiting: ((message: string) => void)[] = [];
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const message = text.slice(0, end);
            text = text.slice(end + 2);
            if (!message.startsWith('data: ')) continue;
            const taker = waiting.shift();
            if (taker) taker(message.slice(6));
            else messages.push(message.slice(6));
          }
        });
        resolve({
          status: response.statusCode ?? 0,
          next: () => new Promise((take) => (messages.length > 0 ? take(messages.shift() ?? '') : waiting.push(take))),
          ended: new Promise((end) => response.once('close', end)),
          close: () => sent.destroy(),
        });
      });
      sent.on('error', reject);
      sent.end();
    },
  );
}

describe('events', () => {
  it('arrive at every open window, one JSON message each, in order', async () => {
    const [one, two] = [await openEvents(), await openEvents()];
    for (const revision of [1, 2, 3]) served.engine.publish(observed(revision, 'two\nlines'));
    for (const stream of [one, two]) {
      for (const revision of [1, 2, 3]) expect(JSON.parse(await stream.next())).toEqual({ ...observed(revision, 'two\nlines') });
    }
    one.close();
    two.close();
  });

  it('end when the server closes', async () => {
    const stream = await openEvents();
    served.engine.publish(observed(1));
    await served.window.close();
    expect(JSON.parse(await stream.next())).toMatchObject({ revision: 1 });
    await stream.ended;
    expect(served.engine.listeners.size).toBe(0);
  });

  it('go to eight windows at most, and to a ninth once one has closed', async () => {
    const streams = await Promise.all(Array.from({ length: 8 }, openEvents));
    expect(streams.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const refused = await openEvents();
    expect(refused.status).toBe(503);
    streams[0]?.close();
    await expect
      .poll(async () => {
        const again = await openEvents();
        again.close();
        return again.status;
      })
      .toBe(200);
    for (const stream of streams) stream.close();
  });

  it('let go of a reader that does not read, and go on for the others', async () => {
    const good = await openEvents();
    const stuck = connect(served.port, '127.0.0.1');
    stuck.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nCookie: ${await served.cookie()}\r\n\r\n`);
    await new Promise((resolve) => stuck.once('data', resolve));
    stuck.pause();
    const gone = new Promise((resolve) => stuck.once('close', resolve));
    stuck.on('error', () => undefined);
    const large = 'x'.repeat(500_000);
    for (let revision = 1; revision <= 40; revision += 1) {
      served.engine.publish(observed(revision, large));
      expect(JSON.parse(await good.next())).toMatchObject({ revision });
    }
    // It is let go while still paused: what it gets to read afterwards ends before the last event.
    stuck.resume();
    await gone;
    served.engine.publish(observed(41));
    expect(JSON.parse(await good.next())).toMatchObject({ revision: 41 });
    good.close();
  });
});

describe('the port of ::1', () => {
  it('must be free too when it was asked for', async () => {
    const other: Server = createServer();
    const listening = await new Promise<boolean>((resolve) => {
      other.once('error', () => resolve(false));
      other.listen({ host: '::1', port: 0 }, () => resolve(true));
    });
    if (!listening) {
      console.warn('Left out: a taken port on ::1, because this machine has no IPv6 loopback.');
      return;
    }
    const taken = (other.address() as { readonly port: number }).port;
    await expect(serveWindow({ engine: served.engine, port: taken, files })).rejects.toMatchObject({ code: 'port-in-use' });
    await new Promise((resolve) => other.close(resolve));
  });
});
