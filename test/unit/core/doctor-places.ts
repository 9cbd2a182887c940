// Names that the connection doctor's tables share, and the form of their rows.
import type { ConnectionFacts } from '../../../main/core/connection-doctor.ts';

export const canary = 'kX9canaryQ7';
export const production = 'prodprodprodprodprod';
export const staging = 'stagstagstagstagstag';
export const poolerHost = 'aws-0-eu-central-1.pooler.supabase.com';
export const pooler = { host: poolerHost, port: 5_432, user: `postgres.${production}`, database: 'postgres' };
export const onlyV6 = { addresses: { a: [], aaaa: ['2a05:d014:1c06:5f0c::1'] } };
export const both = { addresses: { a: ['3.65.151.229'], aaaa: ['2a05:d014:1c06:5f0c::1'] } };
export const direct = `db.${production}.supabase.co`;
export const sound = `postgresql://postgres.${production}:${canary}@${poolerHost}:5432/postgres`;
export const soundShown = `postgresql://postgres.${production}:[password]@${poolerHost}:5432/postgres`;

export type Row = {
  readonly name: string;
  readonly text: string;
  readonly facts?: ConnectionFacts;
  /** `level id` of all findings but the `ok` ones, in their order. */
  readonly finds: readonly string[];
  readonly corrected?: string | null;
  /** Must be in one of the messages or next steps. */
  readonly says?: string;
};
