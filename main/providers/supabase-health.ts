// How the parts of a Supabase project are (GET /v1/projects/{ref}/health; Supabase's management API document, providers/README
// section 4.3).
import { z } from 'zod';
import type { EvidenceOf } from '../../shared/evidence.ts';
import { makeCaller, path } from './call.ts';
import { outsideText } from './outside-text.ts';
import type { SupabaseOptions } from './supabase.ts';
import { supabaseAdvice } from './supabase.ts';

export type ServiceHealth = EvidenceOf<'project'>['services'][number];

/** Rejects with a ProviderError (call.ts), or with the signal's reason when that aborts. */
export type SupabaseHealth = (signal: AbortSignal) => Promise<readonly ServiceHealth[]>;

const services = ['db', 'pooler', 'auth', 'rest', 'storage', 'realtime'] as const;
/** How long Supabase itself may wait for a part. */
const timeoutMs = 5_000;

const part = z.object({
  name: z.string(),
  status: z.string().nullish().catch(null),
  healthy: z.boolean().nullish().catch(null),
  error: z.string().nullish().catch(null),
});
const answer = z.array(part.nullable().catch(null));

export function makeSupabaseHealth(options: SupabaseOptions & { readonly secrets: () => readonly string[] }): SupabaseHealth {
  const { ref, secrets, ...account } = options;
  const call = makeCaller({ who: 'Supabase', scheme: 'Bearer', ...account, advise: supabaseAdvice });
  return async (signal) => {
    const at = path('v1', 'projects', ref, 'health');
    const query = { services, timeout_ms: timeoutMs };
    const { value } = await call({ method: 'GET', path: at, query, answer }, signal);
    return value
      .flatMap((one) => (one ? [one] : []))
      .slice(0, 20)
      .map(({ name, status, healthy, error }) => ({
        name: outsideText(name, 60),
        // `healthy` is deprecated in favour of `status`.
        healthy: status ? status === 'ACTIVE_HEALTHY' : healthy === true,
        error: error ? outsideText(error, 1_000, secrets()) : null,
      }));
  };
}
