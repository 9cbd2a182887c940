// Text that leaves the process or comes from outside. Secrets are masked by value and by shape; control characters go.

/** What stands for a hidden secret. */
export const mask = '•••';

/** A `${secret:name}` where a secret would stand names one and is none (settings.ts). */
const noReference = String.raw`(?!\$\{secret:[a-z0-9._-]{1,64}\}(?:[\s"'@/&,;]|$))`;

/** Shapes that are secret whatever their value: URL passwords, bearer tokens, known token prefixes, query tokens. */
const shapes: readonly [RegExp, string][] = [
  // `[password]` is what the connection doctor puts in a password's place.
  [
    new RegExp(`([a-z][a-z0-9+.-]{1,20}://[^\\s:/@]{1,128}:)${noReference}(?!\\[password\\]@)[^\\s@/]{1,512}@`, 'gi'),
    `$1${mask}@`,
  ],
  [/\b(bearer|oauth)\s+[a-z0-9._~+/=-]{8,}/gi, `$1 ${mask}`],
  // Base64 has capitals or digits; “Basic information” is a heading.
  [/\b(basic|BASIC|Basic)\s+(?=[A-Za-z0-9+/=_-]*[A-Z0-9=])[A-Za-z0-9+/_-]{8,}={0,2}/g, `$1 ${mask}`],
  [
    new RegExp(
      `(?<!\\$\\{)\\b((?:password|passwd|pwd|token|secret|api[_-]?key|access_token|authorization)["']?\\s*[=:]\\s*["']?)${noReference}[^\\s"'&,;}]{3,}`,
      'gi',
    ),
    `$1${mask}`,
  ],
  [/\b(?:vcp|rnd|sbp|xoxb|xoxp|ghp|sk|pk)_[a-z0-9_-]{8,}/gi, mask],
  [/hooks\.slack\.com\/services\/[A-Za-z0-9/_-]+/g, `hooks.slack.com/services/${mask}`],
];

/** `text` without the given secret values (each at least 4 characters) and without anything shaped like a secret. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    clean = clean.replaceAll(secret, mask);
    const encoded = encodeURIComponent(secret);
    if (encoded !== secret) clean = clean.replaceAll(encoded, mask);
  }
  for (const [shape, replacement] of shapes) clean = clean.replace(shape, replacement);
  return clean;
}

/** Outside text made harmless to show: no terminal escapes or control characters, one space for runs of blanks, capped. */
export function plainText(text: string, maxLength: number): string {
  const stripped = text
    // Terminal sequences first (CSI, OSC), then what remains of control, bidi and zero-width characters.
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, (character) => (/[\n\t\r]/.test(character) ? ' ' : ''))
    .replace(/\s{2,}/g, ' ')
    .trim();
  return stripped.length <= maxLength ? stripped : `${stripped.slice(0, Math.max(0, maxLength - 1))}…`;
}

/** Text on its way to a person or another service: without control characters, then without secrets, then capped. In this
 *  order: an escape sequence in front of `token=` would hide it from `redact`, and a cap could leave half a secret behind. */
export function safeText(text: string, maxLength: number, secrets: Iterable<string> = []): string {
  return plainText(redact(plainText(text, Number.MAX_SAFE_INTEGER), secrets), maxLength);
}
