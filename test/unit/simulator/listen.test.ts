// The yard's servers come back on their own port: nobody who asks the system for any port may be given it meanwhile.
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startFaultyServer } from '../../../simulator/faulty-server.ts';
import { startStandIn } from '../../../simulator/http.ts';
import { isTaken, listenOn } from '../../../simulator/listen.ts';
import { startTcpProxy } from '../../../simulator/tcp-proxy.ts';

const lentByLinux = 32_768;
const after: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of after.splice(0)) await stop();
});

describe('the ports of the yard', () => {
  it('lie below those that systems lend to anybody', async () => {
    const reply = { status: 200, body: '' };
    const http = await startStandIn(() => reply);
    const faulty = await startFaultyServer(async () => reply);
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: 9 });
    after.push(http.stop, faulty.stop, proxy.stop);
    const ports = [http.url, faulty.url, faulty.secureUrl].map((url) => Number(new URL(url).port));
    for (const port of [...ports, proxy.port]) expect(port).toBeLessThan(lentByLinux);
  });

  it('says so when its own port was taken all the same', async () => {
    const [one, other] = [createServer(), createServer()];
    const port = await listenOn(one, '127.0.0.1');
    after.push(() => new Promise((closed) => one.close(closed)));
    await expect(listenOn(other, '127.0.0.1', port)).rejects.toSatisfy(isTaken);
  });
});
