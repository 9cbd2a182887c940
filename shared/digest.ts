// The weekly digest: a few sentences about the last seven days (issue "It explains itself").
import { z } from 'zod';

export const digest = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  title: z.string().max(300),
  /** Sentences, the most important first. */
  lines: z.array(z.string().max(1_000)).max(20),
});
export type Digest = z.infer<typeof digest>;
