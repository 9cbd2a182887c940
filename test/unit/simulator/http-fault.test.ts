// A stand-in that fails for one kind of request and serves the others.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Received, type StandIn, startStandIn, text } from '../../../simulator/http.ts';

let server: StandIn;
beforeEach(async () => {
  server = await startStandIn(({ path }) => text(200, path));
});
afterEach(() => server.stop());

const isPost = ({ method }: Received): boolean => method === 'POST';
const ask = async (method: string): Promise<number> => (await fetch(server.url, { method })).status;

describe('a fault for some requests', () => {
  it('fails and counts only those', async () => {
    await server.fail({ kind: 'answer', reply: text(503, '') }, 1, isPost);
    expect([await ask('GET'), await ask('POST'), await ask('POST')]).toEqual([200, 503, 200]);
    await server.fail({ kind: 'answer', reply: text(503, '') }, undefined, isPost);
    expect([await ask('POST'), await ask('GET'), await ask('POST')]).toEqual([503, 200, 503]);
  });

  it('lets them hang while the others are answered', async () => {
    await server.fail({ kind: 'hang', ms: 60_000 }, undefined, isPost);
    const stop = new AbortController();
    const hanging = fetch(server.url, { method: 'POST', signal: stop.signal });
    await server.waitFor(1);
    expect(await ask('GET')).toBe(200);
    stop.abort(new Error('enough'));
    await expect(hanging).rejects.toThrow('enough');
  });

  it('is forgotten by the next one', async () => {
    await server.fail({ kind: 'answer', reply: text(503, '') }, undefined, isPost);
    await server.fail({ kind: 'answer', reply: text(500, '') }, 1);
    expect([await ask('GET'), await ask('POST')]).toEqual([500, 200]);
  });
});
