// The server that is watched, in a process of its own so that its CPU is not counted: answers every request with a short
// JSON body and remembers when it came. Paths are `/<client>/<id>`. Started by target.ts.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Arrival, ServerOrder } from './target.ts';

let arrivals: Arrival[] = [];

const answer: RequestListener = (request, response) => {
  const [, client = '', id = ''] = (request.url ?? '').split('/');
  arrivals.push({ client, id, at: performance.timeOrigin + performance.now() });
  response.setHeader('content-type', 'application/json');
  response.end('{"ok":true}');
};

const credentials = process.env.BENCH_TLS;
const server = credentials ? createSecureServer(JSON.parse(credentials), answer) : createServer(answer);
const open = new Set<Socket>();
server.on('connection', (socket: Socket) => {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
});

const tell = (message: object): void => void process.send?.(message);
const listen = (port: number): void => {
  server.listen({ port, host: '127.0.0.1', backlog: 1_024 }, () => tell({ port: (server.address() as AddressInfo).port }));
};

process.on('message', (order: ServerOrder) => {
  if (order.order === 'listen') listen(order.port);
  else if (order.order === 'close') {
    server.close(() => tell({ closed: true }));
    for (const socket of open) socket.destroy();
  } else {
    tell({ arrivals });
    arrivals = [];
  }
});
process.on('disconnect', () => process.exit());
