// The last deploys of a Render service (GET /v1/services/{serviceId}/deploys; Render's OpenAPI document), in our words.
import { z } from 'zod';
import type { Deploy } from '../../shared/evidence.ts';
import { makeCaller, path } from './call.ts';
import { outsideText, outsideTime } from './outside-text.ts';
import { type RenderOptions, renderAdvice } from './render.ts';

const states: Readonly<Record<string, Deploy['state']>> = {
  created: 'queued',
  queued: 'queued',
  build_in_progress: 'building',
  pre_deploy_in_progress: 'building',
  update_in_progress: 'building',
  live: 'live',
  deactivated: 'replaced',
  build_failed: 'failed',
  pre_deploy_failed: 'failed',
  update_failed: 'failed',
  canceled: 'cancelled',
};

const text = z.string().nullish().catch(null);
const deploy = z.object({
  id: z.string(),
  status: z.string(),
  createdAt: z.string(),
  finishedAt: text,
  commit: z.object({ message: text }).nullish().catch(null),
});
const answer = z.array(z.object({ deploy }).nullable().catch(null));

/** Newest first, at most ten; one whose state or time cannot be read is left out. Rejects with a ProviderError (call.ts), or
 *  with the signal's reason when that aborts. */
export type RenderDeploys = (serviceId: string, signal: AbortSignal) => Promise<readonly Deploy[]>;

export function makeRenderDeploys(options: RenderOptions & { readonly secrets: () => readonly string[] }): RenderDeploys {
  const { secrets, ...account } = options;
  const call = makeCaller({ who: 'Render', scheme: 'Bearer', ...account, advise: renderAdvice });
  const read = ({ id, status, createdAt, finishedAt, commit }: z.infer<typeof deploy>): Deploy[] => {
    const state = states[status];
    const made = outsideTime(createdAt);
    if (state === undefined || made === null) return [];
    return [
      {
        ...{ id: outsideText(id, 100), state, createdAt: made, finishedAt: outsideTime(finishedAt), url: null },
        commit: commit?.message ? outsideText(commit.message.split('\n', 1)[0] ?? '', 300, secrets()) : null,
      },
    ];
  };
  return async (id, signal) => {
    const at = path('v1', 'services', id, 'deploys');
    const { value } = await call({ method: 'GET', path: at, query: { limit: 10 }, answer }, signal);
    return value.flatMap((one) => (one ? read(one.deploy) : []));
  };
}
