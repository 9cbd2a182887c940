// Render's API as far as whether a token works: whose it is and which services it sees (providers/specs, Render's OpenAPI
// document: GET /v1/users, GET /v1/services/{serviceId}). Changes nothing there.
import { z } from 'zod';
import { makeCaller, path } from './call.ts';
import type { Refusal } from './call-error.ts';

export type RenderOptions = {
  /** `https://api.render.com`. */
  readonly apiUrl: string;
  readonly token: () => Promise<string>;
  readonly userAgent?: string;
};

export type RenderService = {
  readonly id: string;
  readonly name: string;
  /** Stopped by hand: it answers nobody until it is resumed. */
  readonly isSuspended: boolean;
};

/** Calls reject with a ProviderError (call.ts), or with the signal's reason when that aborts. */
export type RenderClient = {
  whoami(signal: AbortSignal): Promise<{ readonly name: string }>;
  service(id: string, signal: AbortSignal): Promise<RenderService>;
};

const user = z.object({ name: z.string().catch(''), email: z.string().catch('') });
const service = z.object({ id: z.string(), name: z.string().catch(''), suspended: z.string().catch('not_suspended') });

export function makeRender(options: RenderOptions): RenderClient {
  const call = makeCaller({ who: 'Render', scheme: 'Bearer', ...options, advise });
  return {
    async whoami(signal) {
      const { value } = await call({ method: 'GET', path: '/v1/users', answer: user }, signal);
      return { name: value.name || value.email || 'somebody' };
    },
    async service(id, signal) {
      const { value } = await call({ method: 'GET', path: path('v1', 'services', id), answer: service }, signal);
      return { id: value.id, name: value.name || value.id, isSuspended: value.suspended === 'suspended' };
    },
  };
}

function advise({ code }: Refusal): { readonly next: string } | null {
  switch (code) {
    case 'provider-auth':
      return { next: 'Make a key under Account Settings, API Keys at Render, and store it again.' };
    case 'provider-not-found':
      return { next: 'Compare the ids under providers.render.services with the addresses in Render’s dashboard (srv-…).' };
    default:
      return null;
  }
}
