// What users get, seen from outside without credentials: which API address the front end talks to, and whether a text is shown.
// Believes nothing that a provider says.
import { waitFor } from '../providers/wait.ts';
import { type Visit, visit } from './outside-visit.ts';
import { findsAddress, findsText, isSameAddress, stringsIn } from './outside-words.ts';

export type Seen = {
  /** Users are sent to `address`. */
  readonly seen: boolean;
  /** Users are sent to `other`, or it is there as well. */
  readonly otherSeen: boolean;
  /** The document that decided: a script, a JSON document or the page; null when neither address is anywhere. */
  readonly where: string | null;
  /** The address that is read while the page runs; null when it is only built in. */
  readonly runtime: string | null;
  /** Why the look is not complete, as a sentence; null when it is, and when the address was seen anyway. */
  readonly problem: string | null;
};

type Look = {
  readonly signal: AbortSignal;
  readonly userAgent?: string;
};

/**
 * Fetches `verifyUrl` and what it loads and looks for two addresses of an API.
 *
 * - A page: its own text, its site's scripts (at most 30, 8 MiB together) and the modules which those import are searched, for
 *   the address as a whole (`https://a.example` is not in `https://a.example.org`), plain or escaped.
 * - JSON documents of the page's origin which a script names literally, like `./config.json` (at most 5), are read too. When
 *   exactly one of the two addresses is a string value there, that is the address which the page takes while it runs: it is
 *   `runtime`, it alone decides, and what is built in no longer counts. When both are, both are reported as seen.
 * - When `verifyUrl` itself answers with JSON, its string values are held against the addresses in the same way.
 *
 * Never throws, except the signal's reason. A named document that fails (not: that is missing) leaves the look incomplete, because
 * it might say otherwise: then nothing is seen, and `problem` tells why.
 */
export async function seesAddress(
  options: Look & { readonly verifyUrl: string; readonly address: string; readonly other: string | null },
): Promise<Seen> {
  const { address, other, verifyUrl } = options;
  const found = await visit(verifyUrl, { signal: options.signal, userAgent: options.userAgent });
  const documents = found.pageJson && found.page ? [{ url: found.page.url, value: found.pageJson.value }] : found.json;
  const running = atRunTime(documents, address, other);
  if (running) return { ...running, problem: null };
  const [unknown] = found.jsonProblems;
  if (unknown !== undefined) return { ...nothing, problem: unknown };
  if (found.pageJson) return nothing;
  const here = placeOf(found, findsAddress(address));
  const there = other === null ? null : placeOf(found, findsAddress(other));
  const problem = here === null ? (found.problems[0] ?? null) : null;
  return { seen: here !== null, otherSeen: there !== null, where: here ?? there, runtime: null, problem };
}

const nothing: Seen = { seen: false, otherSeen: false, where: null, runtime: null, problem: null };

function atRunTime(documents: Visit['json'], address: string, other: string | null): Omit<Seen, 'problem'> | null {
  const holder = (wanted: string): { readonly url: string; readonly value: string } | null => {
    for (const { url, value } of documents) {
      const match = stringsIn(value).find((one) => isSameAddress(one, wanted));
      if (match !== undefined) return { url, value: match };
    }
    return null;
  };
  const here = holder(address);
  const there = other === null ? null : holder(other);
  if (!here && !there) return null;
  const runtime = here && there ? null : (here?.value ?? there?.value ?? null);
  return { seen: here !== null, otherSeen: there !== null, where: here?.url ?? there?.url ?? null, runtime };
}

function placeOf({ page, scripts }: Visit, finds: (text: string) => boolean): string | null {
  // Scripts first: a page's own text often only prepares for an address, as with `<link rel="preconnect">`.
  return [...scripts, ...(page ? [page] : [])].find((one) => finds(one.text))?.url ?? null;
}

/** Whether users are shown `text`: it is in the page, its scripts or a JSON document that these name, plain or escaped, whatever
 *  the blanks. `problem` says why a text that was not seen might be there all the same. Throws only the signal's reason. */
export async function seesText(
  options: Look & { readonly url: string; readonly text: string },
): Promise<{ readonly seen: boolean; readonly problem: string | null }> {
  const found = await visit(options.url, { signal: options.signal, userAgent: options.userAgent });
  const finds = findsText(options.text);
  const values = [...found.json.map((one) => one.value), ...(found.pageJson ? [found.pageJson.value] : [])];
  const seen = placeOf(found, finds) !== null || values.some((value) => stringsIn(value).some(finds));
  return { seen, problem: seen ? null : ([...found.problems, ...found.jsonProblems][0] ?? null) };
}

/** Looks at once and then again, first `everyMs` after a look and ever more slowly, to every 2 s. True as soon as a look is; false
 *  when `limitMs` has passed: a look under way is then called off. Rejects with the signal's reason, or as a look does.
 *  `onLook` is told after every look. */
export async function waitUntil(
  look: (signal: AbortSignal) => Promise<boolean>,
  options: {
    readonly everyMs?: number;
    readonly limitMs: number;
    readonly signal: AbortSignal;
    readonly onLook?: (looks: number, elapsedMs: number) => void;
  },
): Promise<boolean> {
  const { limitMs, signal: wanted, onLook } = options;
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([wanted, limit]);
  const since = performance.now();
  let pauseMs = options.everyMs ?? 250;
  try {
    for (let looks = 1; ; looks += 1) {
      const seen = await look(signal);
      onLook?.(looks, performance.now() - since);
      if (seen) return true;
      await waitFor(pauseMs, signal);
      pauseMs = Math.max(pauseMs, Math.min(slowestMs, pauseMs * 1.5));
    }
  } catch (error) {
    wanted.throwIfAborted();
    if (limit.aborted) return false;
    throw error;
  }
}

const slowestMs = 2_000;
