// The lines that a Render service wrote (GET /v1/logs) and whose service it is (GET /v1/services/{serviceId}; Render's OpenAPI
// document, providers/README section 3). Which lines matter is main/evidence's business.
import { z } from 'zod';
import type { LogLine } from '../../shared/evidence.ts';
import { makeCaller, path } from './call.ts';
import { outsideText, outsideTime } from './outside-text.ts';
import { type RenderOptions, renderAdvice } from './render.ts';

/** The search insists on the owner's id beside the service's. */
export type RenderOwner = { readonly name: string; readonly ownerId: string };

export type LogSearch = {
  readonly serviceId: string;
  readonly ownerId: string;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Any of these; all when absent. */
  readonly levels?: readonly string[];
};

/** `hasMore`: there are later lines in the window. */
export type LogPage = { readonly lines: readonly LogLine[]; readonly hasMore: boolean };

/** Calls reject with a ProviderError (call.ts), or with the signal's reason when that aborts. */
export type RenderLogs = {
  owner(serviceId: string, signal: AbortSignal): Promise<RenderOwner>;
  /** The first hundred, oldest first. One service per call: those of two regions may not be asked for together. */
  search(search: LogSearch, signal: AbortSignal): Promise<LogPage>;
};

const text = z.string().nullish().catch(null);
const service = z.object({ name: text, ownerId: z.string().min(1) });
const label = z.object({ name: text, value: text }).nullable().catch(null);
const line = z.object({ message: z.string(), timestamp: text, labels: z.array(label).catch([]) });
const page = z.object({ hasMore: z.boolean().catch(false), logs: z.array(line.nullable().catch(null)) });

/** `secrets` are masked in what the lines say. */
export function makeRenderLogs(options: RenderOptions & { readonly secrets: () => readonly string[] }): RenderLogs {
  const { secrets, ...account } = options;
  const call = makeCaller({ who: 'Render', scheme: 'Bearer', ...account, advise: renderAdvice });
  const read = ({ message, timestamp, labels }: z.infer<typeof line>): LogLine => {
    const level = labels.find((one) => one?.name === 'level')?.value;
    return {
      at: outsideTime(timestamp),
      level: level ? outsideText(level, 32) : null,
      text: outsideText(message, 1_000, secrets()),
    };
  };
  return {
    async owner(id, signal) {
      const { value } = await call({ method: 'GET', path: path('v1', 'services', id), answer: service }, signal);
      return { name: outsideText(value.name || id, 100), ownerId: value.ownerId };
    },
    async search({ serviceId, ownerId, from, to, levels = [] }, signal) {
      const query = {
        ...{ ownerId, resource: serviceId, direction: 'forward', limit: 100, level: levels },
        ...{ startTime: new Date(from).toISOString(), endTime: new Date(to).toISOString() },
      };
      const { value } = await call({ method: 'GET', path: '/v1/logs', query, answer: page }, signal);
      return { lines: value.logs.flatMap((one) => (one ? [read(one)] : [])), hasMore: value.hasMore };
    },
  };
}
