// Text on its way to a person or to another service, made harmless.
import { plainText, redact } from '../../shared/redact.ts';

/** Without control characters, then without secrets, then capped at `maxLength` characters. In this order: an escape
 *  sequence in front of `token=` would hide it from `redact`, and a cap could leave half a secret that it cannot know. */
export function clean(text: string, maxLength: number, secrets: Iterable<string> = []): string {
  return plainText(redact(plainText(text, Number.MAX_SAFE_INTEGER), secrets), maxLength);
}
