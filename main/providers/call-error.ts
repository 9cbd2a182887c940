// What can go wrong between us and a provider, as one error for people and for the levers that have to decide what to do next.
// Knows HTTP and the manners of provider APIs; which provider it is comes as words.
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';

export type ProviderCode =
  | 'provider-auth'
  | 'provider-forbidden'
  | 'provider-not-found'
  | 'provider-conflict'
  | 'provider-rate-limited'
  | 'provider-refused'
  | 'provider-failed'
  | 'provider-unreachable'
  | 'provider-timeout'
  | 'provider-bad-answer';

/** Facts of a failed call. Texts are safe to show. */
export type Refusal = {
  readonly code: ProviderCode;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** The provider's own code, as Vercel's `error.code`. */
  readonly providerCode: string | null;
  /** The provider's own sentence; empty when it gave none. */
  readonly said: string;
  /** How long the provider asks us to wait. */
  readonly retryAfterMs: number | null;
  /** Whether the provider may have carried the request out all the same: ask it before sending it again. */
  readonly sent: 'no' | 'maybe';
};

/** Rejection of every provider call; exit code 3. Carries no token and no `cause` that could. */
export class ProviderError extends FaultError implements Refusal {
  declare readonly code: ProviderCode;
  readonly status: number | null;
  readonly providerCode: string | null;
  readonly said: string;
  readonly retryAfterMs: number | null;
  readonly sent: 'no' | 'maybe';

  constructor(refusal: Refusal, words: { readonly message: string; readonly next: string }) {
    super({ code: refusal.code, message: words.message, next: words.next, exitCode: 3 });
    this.name = 'ProviderError';
    this.status = refusal.status;
    this.providerCode = refusal.providerCode;
    this.said = refusal.said;
    this.retryAfterMs = refusal.retryAfterMs;
    this.sent = refusal.sent;
  }
}

/** A provider in sentences. */
export type ProviderWords = {
  /** As people call it. */
  readonly who: string;
  /** Better words for some refusals; null for the general ones. */
  advise(refusal: Refusal): { readonly message?: string; readonly next: string } | null;
};

/** The error with its sentences. */
export function providerError(words: ProviderWords, refusal: Refusal, detail?: string): ProviderError {
  const advice = words.advise(refusal);
  const message = advice?.message ?? sentence(words.who, refusal, detail);
  return new ProviderError(refusal, { message, next: advice?.next ?? general(words.who, refusal) });
}

function sentence(who: string, { code, status, said }: Refusal, detail: string | undefined): string {
  const reason = said === '' ? `(${status})` : `(${status}: “${said}”)`;
  switch (code) {
    case 'provider-auth':
      if (status === null) return `${who} cannot be asked: the stored token is empty or has characters that no token has.`;
      return `${who} does not accept the token ${reason}.`;
    case 'provider-forbidden':
      return `${who} does not let this token do that ${reason}.`;
    case 'provider-not-found':
      return `${who} does not know what was asked for ${reason}.`;
    case 'provider-conflict':
      return `${who} cannot do that now: it contradicts its present state ${reason}.`;
    case 'provider-rate-limited':
      return `${who} has had too many requests ${reason}.`;
    case 'provider-refused':
      return `${who} refused ${reason}.`;
    case 'provider-failed':
      return `${who} failed on its side ${reason}.`;
    case 'provider-unreachable':
    case 'provider-timeout':
    case 'provider-bad-answer':
      return `${who} ${detail ?? 'gave no answer that we understand'}.`;
  }
}

function general(who: string, { code, retryAfterMs, sent }: Refusal): string {
  switch (code) {
    case 'provider-auth':
    case 'provider-forbidden':
      return 'Check the token and what it is allowed to do.';
    case 'provider-not-found':
      return 'Check the names and ids in the settings.';
    case 'provider-conflict':
      return 'Wait until what is under way there has ended, then try again.';
    case 'provider-rate-limited':
      return retryAfterMs === null ? 'Try again in a minute.' : `Try again in ${waitInWords(retryAfterMs)}.`;
    case 'provider-refused':
      return 'Read its reason above and correct the settings.';
    case 'provider-bad-answer':
      return `Check the provider’s \`apiUrl\` in the settings, and whether a proxy stands between here and ${who}.`;
    case 'provider-unreachable':
      return 'Check this machine’s network and the provider’s `apiUrl` in the settings, then try again.';
    case 'provider-failed':
    case 'provider-timeout':
      return sent === 'maybe'
        ? `It may have been done all the same: look at ${who} before doing it again.`
        : `Look at ${who}’s status page and try again.`;
  }
}

/** `37 s`, `5 min`, `3 h`, `7 days`, rounded up. */
export function waitInWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.ceil(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.ceil(seconds / 3_600)} h` : `${Math.ceil(seconds / 86_400)} days`;
}

/** Failures before a byte of the request went out. `ETIMEDOUT` counts only from `connect`. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ENOTFOUND: 'cannot be found: its name has no address',
  EAI_AGAIN: 'cannot be found: name lookup fails at present',
  ENETUNREACH: 'cannot be reached: there is no route to its network',
  ENETDOWN: 'cannot be reached: this machine’s network is down',
  EHOSTUNREACH: 'cannot be reached: there is no route to its host',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
};
const certificate = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_)/;

/** What a rejection of `fetch`, or of reading its answer, means. */
export function connectionRefusal(error: unknown, secrets: readonly string[]): { refusal: Refusal; detail: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const connecting = cause instanceof Error && 'syscall' in cause && cause.syscall === 'connect';
  const refusal = { code: 'provider-unreachable', status: null, providerCode: null, said: '', retryAfterMs: null } as const;
  const known = reasons[code] ?? (code === 'ETIMEDOUT' && connecting ? reasons.UND_ERR_CONNECT_TIMEOUT : undefined);
  if (known !== undefined) return { refusal: { ...refusal, sent: 'no' }, detail: known };
  if (certificate.test(code))
    return { refusal: { ...refusal, sent: 'no' }, detail: `cannot be trusted: its certificate is not valid (${code})` };
  if (['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT'].includes(code))
    return { refusal: { ...refusal, sent: 'maybe' }, detail: 'broke off the connection before it had answered' };
  const words = safeText(cause instanceof Error ? cause.message : String(cause), 200, secrets);
  return { refusal: { ...refusal, sent: 'maybe' }, detail: `could not be asked: ${words}` };
}
