// The settings form of a web address: http or https, no credentials in it, secrets only by reference.
import { z } from 'zod';
import { secretReference } from '../../shared/settings.ts';

/** Schema of an address that may hold `${secret:name}` anywhere, even be nothing else. */
export const webAddress = z
  .string()
  .min(1)
  .max(2_000)
  .superRefine((address, context) => {
    const problem = problemOf(address);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ format: 'uri-reference', examples: ['https://api.example.com/health'] });

function problemOf(address: string): string | null {
  // A reference stands for text that cannot be judged here; at the start it stands for the scheme too.
  const readable = address.replace(secretReference, (_, __, offset: number) => (offset === 0 ? 'https://secret' : 'secret'));
  const url = URL.parse(readable);
  if (!url || !/^https?:\/\//i.test(readable)) return 'write an address that begins with http:// or https://';
  if (url.username || url.password) return 'put credentials into headers, with ${secret:name}, not into the address';
  return null;
}
