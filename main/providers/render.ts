// Render's API as far as whether a token works: whose it is and which services it sees (providers/specs, Render's OpenAPI
// document: GET /v1/users, GET /v1/services, GET /v1/services/{serviceId}). Changes nothing there.
import { z } from 'zod';
import { safeText } from '../../shared/redact.ts';
import { makeCaller, path } from './call.ts';
import type { Refusal } from './call-error.ts';

export type RenderOptions = {
  /** `https://api.render.com`. */
  readonly apiUrl: string;
  readonly token: () => Promise<string>;
  readonly userAgent?: string;
  /** As in call.ts. */
  readonly repeats?: number;
};

export type RenderService = {
  readonly id: string;
  readonly name: string;
  /** Stopped, by hand or by Render: it answers nobody until it is resumed. */
  readonly isSuspended: boolean;
};

/** Calls reject with a ProviderError (call.ts), or with the signal's reason when that aborts. */
export type RenderClient = {
  whoami(signal: AbortSignal): Promise<{ readonly name: string }>;
  /** The first hundred that the token sees. */
  services(signal: AbortSignal): Promise<readonly RenderService[]>;
  service(id: string, signal: AbortSignal): Promise<RenderService>;
};

/** Most that one page of the list may hold. */
export const servicesAtOnce = 100;

const text = z.string().nullish().catch(null);
const user = z.object({ name: text, email: text });
const service = z.object({ id: z.string(), name: text, suspended: text }).transform(
  ({ id, name, suspended }): RenderService => ({
    id: safeText(id, 64),
    name: safeText(name || id, 100),
    isSuspended: suspended === 'suspended',
  }),
);
const services = z.array(z.object({ service }).nullable().catch(null));

export function makeRender(options: RenderOptions): RenderClient {
  const call = makeCaller({ who: 'Render', scheme: 'Bearer', ...options, advise: renderAdvice });
  return {
    async whoami(signal) {
      const { value } = await call({ method: 'GET', path: '/v1/users', answer: user }, signal);
      return { name: safeText(value.name || value.email || 'somebody', 100) };
    },
    async services(signal) {
      const query = { limit: servicesAtOnce };
      const { value } = await call({ method: 'GET', path: '/v1/services', query, answer: services }, signal);
      return value.flatMap((one) => (one ? [one.service] : []));
    },
    service: async (id, signal) =>
      (await call({ method: 'GET', path: path('v1', 'services', id), answer: service }, signal)).value,
  };
}

/** What to do when Render says no. */
export function renderAdvice({ code }: Refusal): { readonly next: string } | null {
  switch (code) {
    case 'provider-auth':
      return {
        next: 'Make a key at Render (Account Settings, API Keys) and store it with `signalbox secret set render-token`.',
      };
    case 'provider-forbidden':
    case 'provider-not-found':
      return { next: 'Compare the ids under `providers.render.services` with the addresses in Render’s dashboard (srv-…).' };
    default:
      return null;
  }
}
