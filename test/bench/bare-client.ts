// The baseline: a process that makes the same requests at the same moments as the engine and does nothing else. What the
// engine costs beyond it is the engine's own; what it costs itself is Node's and the kernel's.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { phaseMs } from '../../main/core/schedule.ts';
import type { BareOrder } from './bare.ts';

let good = 0;
let bad = 0;

/** Counted only when the whole answer is what the server sends, so that no work can be skipped unseen. */
function read(response: IncomingMessage): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => {
    if (response.statusCode === 200 && Buffer.concat(chunks).toString() === '{"ok":true}') good += 1;
    else bad += 1;
  });
}

function failed(): void {
  bad += 1;
}

function keepSending({ url, count, intervalMs, ca }: Extract<BareOrder, { order: 'go' }>): void {
  const { protocol, hostname, port } = new URL(url);
  const request = protocol === 'https:' ? httpsRequest : httpRequest;
  const secureContext = ca === null ? undefined : createSecureContext({ ca });
  const base: RequestOptions = { hostname, port, agent: false, ...(secureContext && { secureContext }) };
  const dues = Array.from({ length: count }, (_, index) => ({ index, due: phaseMs(`api-${index}`, intervalMs) }));
  dues.sort((a, b) => a.due - b.due);
  const started = performance.now();
  let next = 0;
  const pump = (): void => {
    for (;;) {
      const slot = dues[next % count];
      if (!slot) return;
      const wait = started + Math.floor(next / count) * intervalMs + slot.due - performance.now();
      if (wait > 0) {
        setTimeout(pump, wait);
        return;
      }
      next += 1;
      request({ ...base, path: `/bare/${slot.index}` }, read)
        .on('error', failed)
        .end();
    }
  };
  pump();
}

process.on('message', (order: BareOrder) => {
  if (order.order === 'go') keepSending(order);
  process.send?.({ good, bad });
});
process.on('disconnect', () => process.exit());
