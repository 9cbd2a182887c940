// What a rule of the connection doctor is given and what it says.
import type { ConnectionFinding } from '../../../shared/doctor.ts';
import type { Addresses } from '../../../shared/evidence.ts';
import type { Parts } from './parts.ts';

/** A session pooler as Supabase names it. */
export type KnownPooler = { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** What was found out beside the text. Absent: nobody looked. */
export type ConnectionFacts = {
  readonly addresses?: Addresses;
  /** Whether this machine got a connection over each family; null where there was nothing to try. */
  readonly families?: { readonly ipv4: boolean | null; readonly ipv6: boolean | null };
  /** How the login ended; `message` is a sentence without the password. */
  readonly login?: { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };
  /** The Supabase project that the settings name. */
  readonly ref?: string | null;
  /** That project's session pooler. */
  readonly pooler?: KnownPooler | null;
  /** Why the pooler could not be asked for, as a sentence. */
  readonly poolerProblem?: string;
  /** Such as `17.4`. */
  readonly serverVersion?: string | null;
  /** Null: there is no pg_dump on this machine. */
  readonly pgDumpVersion?: string | null;
  /** The driver that the application names in its URLs, such as `psycopg2`; null when it names none. */
  readonly driver?: string | null;
};

/** A finding, and what it would change in the URL. */
export type Verdict = { readonly finding: ConnectionFinding; readonly fix?: Partial<Parts> };

export type Rule = (parts: Parts, facts: ConnectionFacts) => Verdict | null;

type Said = Pick<ConnectionFinding, 'message' | 'next'> & { readonly corrected?: string; readonly fix?: Partial<Parts> };

export function verdict(level: ConnectionFinding['level'], id: string, { message, next, corrected, fix }: Said): Verdict {
  const finding = { id, level, message, next, ...(corrected === undefined ? {} : { corrected }) };
  return { finding, ...(fix === undefined ? {} : { fix }) };
}
export const bad = (id: string, said: Said): Verdict => verdict('bad', id, said);
export const warn = (id: string, said: Said): Verdict => verdict('warn', id, said);
export const ok = (id: string, message: string): Verdict => verdict('ok', id, { message, next: null });
