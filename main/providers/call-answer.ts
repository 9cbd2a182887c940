// What a provider answered, read with a cap and taken apart; above all what an error answer says. Knows the error shapes of the
// APIs that we use (providers/README sections 1.4 and 6), and that any of them may be a proxy's page instead.
import { z } from 'zod';
import { safeText } from '../../shared/redact.ts';
import type { ProviderCode, Refusal } from './call-error.ts';

const bodyLimit = 5 * 1_048_576;

/** `cut`: there was more than 5 MiB. */
export type Raw = { readonly status: number; readonly headers: Headers; readonly text: string; readonly cut: boolean };

/** Rejects as reading the body does. */
export async function readAnswer(response: Response): Promise<Raw> {
  const { status, headers } = response;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bodyLimit) break;
    chunks.push(chunk);
  }
  return { status, headers, text: Buffer.concat(chunks).toString('utf8'), cut: size > bodyLimit };
}

/** The JSON value; a list when there is one value per line (`application/stream+json`); undefined when it is neither. */
export function parseAnswer(text: string): unknown {
  const whole = parseJson(text);
  if (whole !== undefined) return whole;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parseJson);
  return values.length === 0 || values.includes(undefined) ? undefined : values;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const words = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const limit = z.object({ reset: number }).optional().catch(undefined);
const detail = z.object({ code: words, message: words, invalidToken: z.boolean().optional().catch(undefined), limit });
/** Vercel: `{error:{code,message}}`. Statuspage: `{error:"…"}`, `{error:["…"]}` or `{message}`. */
const failure = z.object({
  error: z
    .union([detail, z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  message: words,
});

/** An answer of 400 and above. `now` is epoch milliseconds. */
export function refusalOf({ status, headers, text }: Raw, now: number, secrets: readonly string[]): Refusal {
  const { error, message } = failure.safeParse(parseJson(text)).data ?? {};
  const told = typeof error === 'object' && !Array.isArray(error) ? error : undefined;
  const list = typeof error === 'string' ? [error] : Array.isArray(error) ? error : [];
  const plain = /^\s*[<{[]/.test(text) ? '' : text;
  const providerCode = safeText(told?.code ?? '', 64, secrets);
  const code = codeOf(status, providerCode, told?.invalidToken === true);
  const resetMs = told?.limit?.reset === undefined ? null : Math.max(0, told.limit.reset * 1_000 - now);
  return {
    code,
    status,
    providerCode: providerCode === '' ? null : providerCode,
    said: safeText(told?.message ?? message ?? (list.length > 0 ? list.join('; ') : plain), 300, secrets),
    retryAfterMs: askedToWaitMs(headers, now) ?? (code === 'provider-rate-limited' ? resetMs : null),
    sent: status >= 500 ? 'maybe' : 'no',
  };
}

/** Codes by which Vercel wants its user to prove who he is once more (section 1.1, env traps). */
export const stepUp = /^(?:challenge_required|user_auth_required)/;

function codeOf(status: number, providerCode: string, invalidToken: boolean): ProviderCode {
  if (status === 401 || invalidToken || stepUp.test(providerCode)) return 'provider-auth';
  if (status === 403) return 'provider-forbidden';
  if (status === 404 || status === 410) return 'provider-not-found';
  if (status === 409) return 'provider-conflict';
  if (status === 429 || status === 420) return 'provider-rate-limited';
  return status >= 500 ? 'provider-failed' : 'provider-refused';
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, section 10.2.3). */
function askedToWaitMs(headers: Headers, now: number): number | null {
  const asked = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(asked)) return Math.round(Number(asked) * 1_000);
  const date = Date.parse(asked);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
