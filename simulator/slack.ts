// A stand-in for Slack's incoming webhooks: one webhook, plain-text answers, Block Kit's limits.
import { z } from 'zod';
import { type Reply, type StandIn, startStandIn, text } from './http.ts';

const plain = z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1), emoji: z.boolean().optional() });
const mrkdwn = z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1), verbatim: z.boolean().optional() });
const either = z.discriminatedUnion('type', [plain, mrkdwn]);
type Text = z.infer<typeof either>;
const fits = (max: number) => [(part: Text) => part.text.length <= max, `at most ${max} characters`] as const;

/** Block Kit reference: header, section, context. */
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain.refine(...fits(150)) }),
  z
    .strictObject({
      type: z.literal('section'),
      text: either.refine(...fits(3_000)).optional(),
      fields: z
        .array(either.refine(...fits(2_000)))
        .min(1)
        .max(10)
        .optional(),
    })
    .refine((section) => section.text !== undefined || section.fields !== undefined, 'needs text or fields'),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(either.refine(...fits(3_000)))
      .min(1)
      .max(10),
  }),
]);
const message = z.object({ text: z.string().max(40_000).optional(), blocks: z.array(block).max(50).optional() });
type SlackPost = z.infer<typeof message>;

export type SlackStandIn = StandIn & {
  /** The webhook's whole address. */
  readonly webhook: string;
  /** Messages that reached the channel. */
  readonly posts: readonly SlackPost[];
  /** Removes the webhook, as a workspace administrator can: `no_service` from then on. */
  revoke(): void;
};

/** A webhook of its own per stand-in. */
export async function startSlack(): Promise<SlackStandIn> {
  const path = '/services/T00000000/B00000000/xxxxxxxxxxxxxxxxxxxxxxxx';
  const posts: SlackPost[] = [];
  let revoked = false;
  const standIn = await startStandIn((request): Reply => {
    if (request.path !== path || revoked) return text(404, 'no_service');
    if (request.method !== 'POST') return text(400, 'invalid_payload');
    const parsed = message.safeParse(parse(request.body));
    if (!parsed.success) return text(400, parsed.error.issues[0]?.path[0] === 'blocks' ? 'invalid_blocks' : 'invalid_payload');
    if (!parsed.data.text && !parsed.data.blocks) return text(400, 'no_text');
    posts.push(parsed.data);
    return text(200, 'ok');
  });
  return {
    ...standIn,
    webhook: `${standIn.url}${path}`,
    posts,
    revoke() {
      revoked = true;
    },
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
