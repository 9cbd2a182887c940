// Reads the JSON body of a call: bounded, and refused in words instead of thrown.
import type { IncomingMessage } from 'node:http';

/** Calls that carry a whole settings file; everything else is small. */
const large = new Set(['settings.parse', 'settings.save', 'settings.test']);
const mostBytes = { usual: 65_536, large: 2_097_152 } as const;

export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly message: string };

/** The parsed body of a call of `method`; `application/json`, at most 64 kB, or 2 MB where a settings file is sent. The
 *  server's request time limit bounds the wait. */
export async function readJson(request: IncomingMessage, method: string): Promise<Body> {
  // A type that plain forms cannot send: another origin's page would have to ask permission first, and gets none.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return { ok: false, status: 415, message: 'A call needs a body of type application/json.' };
  }
  const most = large.has(method) ? mostBytes.large : mostBytes.usual;
  const tooLarge: Body = { ok: false, status: 413, message: `This call is larger than ${most / 1_024} kB.` };
  if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop early must not cut the connection that the answer goes out on.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > most) return tooLarge;
      chunks.push(bytes);
    }
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    // Not JSON, or the sender broke off: either way there is no call to make.
    return { ok: false, status: 400, message: 'The body of this call is not JSON.' };
  }
}
