// What Supabase's management API says of a project and its session pooler (providers/README section 4.1). Changes nothing there.
import { z } from 'zod';
import { makeCaller, path } from './call.ts';
import type { Refusal } from './call-error.ts';

export type SupabaseOptions = {
  /** `https://api.supabase.com`. */
  readonly apiUrl: string;
  /** The project's reference. */
  readonly ref: string;
  readonly token: () => Promise<string>;
  readonly userAgent?: string;
  /** As in call.ts. */
  readonly repeats?: number;
};

/** Where the shared pooler takes sessions; the password is the database's own. */
export type Pooler = { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** The port that the API names is the transaction pooler's, in which a dump cannot work; sessions are on 5432 of the same host. */
const ports = { transaction: 6_543, session: 5_432 } as const;

const answer = z.array(
  z.object({
    database_type: z.string().catch('PRIMARY'),
    db_host: z.string().min(1),
    db_port: z.number().int(),
    db_user: z.string().min(1),
    db_name: z.string().min(1),
  }),
);

const project = z.object({
  name: z.string().catch(''),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .catch('an unknown region'),
  status: z
    .string()
    .regex(/^[A-Z_]{1,40}$/)
    .catch('UNKNOWN'),
});

/** Calls reject with a ProviderError (call.ts), or with the signal's reason when that aborts. */
export type SupabaseClient = {
  /** `GET /v1/projects/{ref}`; `status` in Supabase's own word, such as ACTIVE_HEALTHY. */
  project(signal: AbortSignal): Promise<{ readonly name: string; readonly region: string; readonly status: string }>;
  /** The primary database's pooler; null when the project has none. */
  pooler(signal: AbortSignal): Promise<Pooler | null>;
};

export function makeSupabase({ ref, ...options }: SupabaseOptions): SupabaseClient {
  const call = makeCaller({ who: 'Supabase', scheme: 'Bearer', ...options, advise: supabaseAdvice });
  return {
    project: async (signal) => (await call({ method: 'GET', path: path('v1', 'projects', ref), answer: project }, signal)).value,
    async pooler(signal) {
      const { value } = await call(
        { method: 'GET', path: path('v1', 'projects', ref, 'config', 'database', 'pooler'), answer },
        signal,
      );
      const found = value.find((one) => one.database_type === 'PRIMARY') ?? value[0];
      if (!found) return null;
      const { db_host: host, db_port: given, db_user: user, db_name: database } = found;
      return { host, port: given === ports.transaction ? ports.session : given, user, database };
    },
  };
}

/** What to do when Supabase says no. */
export function supabaseAdvice({ code }: Refusal): { readonly next: string } | null {
  switch (code) {
    case 'provider-auth':
      return {
        next: 'Make an access token at Supabase (Account, Access Tokens) and store it with `signalbox secret set supabase-token`.',
      };
    case 'provider-forbidden':
    case 'provider-not-found':
      return {
        next: 'Compare `providers.supabase.ref` in the settings with the project’s address (https://<ref>.supabase.co): Supabase also says this of a project that the token’s owner may not see.',
      };
    default:
      return null;
  }
}
