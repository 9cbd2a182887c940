// One document as any visitor gets it: no credentials, no cookies, nothing from a cache. A failure is a sentence, never a throw,
// unless whoever asked no longer wants to know.
import { safeText } from '../../shared/redact.ts';

export type Document = {
  /** Where it was at last, after redirects. */
  readonly url: string;
  /** Without parameters, lower case; empty when not said. */
  readonly type: string;
  readonly text: string;
  readonly bytes: number;
};

/** `status` is null when there was no answer. */
export type Fetched = { readonly document: Document } | { readonly problem: string; readonly status: number | null };

export type Visitor = { readonly signal: AbortSignal; readonly userAgent: string | undefined };

/** For one request, redirects and body included. */
const attemptMs = 5_000;
const mostRedirects = 5;

/** Rejects only with the signal's reason. `maxBytes` caps the body after decompression; a longer one is a problem. */
export async function fetchDocument(url: string, maxBytes: number, visitor: Visitor): Promise<Fetched> {
  const limit = AbortSignal.timeout(attemptMs);
  try {
    return await follow(url, maxBytes, visitor.userAgent, AbortSignal.any([visitor.signal, limit]));
  } catch (error) {
    visitor.signal.throwIfAborted();
    if (limit.aborted) return failed(url, null, `did not answer within ${attemptMs / 1_000} s`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    return failed(url, null, `could not be fetched${code}`);
  }
}

async function follow(first: string, maxBytes: number, userAgent: string | undefined, signal: AbortSignal): Promise<Fetched> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: {
        accept: 'text/html,application/javascript,application/json;q=0.9,*/*;q=0.8',
        'cache-control': 'no-cache',
        // As somebody who comes for the first time; a connection kept open may have gone stale since the last look.
        connection: 'close',
        ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
      },
    });
    const { status, headers } = response;
    const location = headers.get('location');
    if (status >= 300 && status < 400 && location !== null) {
      await response.body?.cancel();
      const next = URL.parse(location, url);
      if (!next || !/^https?:$/.test(next.protocol))
        return failed(first, status, 'redirects to something that is no web address');
      url = next.href;
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      return failed(url, status, `answered ${status}`);
    }
    const body = await capped(response, maxBytes);
    if (body === null) return failed(url, status, `is longer than ${Math.round(maxBytes / 1_024)} KiB`);
    const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    return { document: { url, type, text: body.toString('utf8'), bytes: body.length } };
  }
  return failed(first, null, `redirects more than ${mostRedirects} times`);
}

async function capped(response: Response, maxBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failed(url: string, status: number | null, what: string): Fetched {
  return { problem: `${safeText(url, 200)} ${what}.`, status };
}
