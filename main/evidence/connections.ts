// How the settings say the database is reached, without the password, and what Supabase would have them say.
import type { EvidenceOf } from '../../shared/evidence.ts';
import { FaultError } from '../../shared/fault.ts';
import { safeText } from '../../shared/redact.ts';
import type { Settings } from '../../shared/settings.ts';
import { type PostgresTarget, parsePostgresUrl } from '../providers/postgres-url.ts';
import { makeSupabase, type Pooler } from '../providers/supabase.ts';
import { type Asking, accountOf, nowOf, type Source } from './ports.ts';

/** One connection that the settings name, its secrets not yet filled in. */
export type NamedConnection = { readonly monitorId: string | null; readonly name: string; readonly text: string };

export function connectionsIn({ monitors, dump }: Settings): readonly NamedConnection[] {
  const watched = monitors.flatMap((one) =>
    one.kind === 'postgres' && 'connection' in one && typeof one.connection === 'string'
      ? [{ monitorId: one.id, name: `Connection of ${one.name ?? one.id}`, text: one.connection }]
      : [],
  );
  return dump ? [...watched, { monitorId: null, name: 'Connection of the dump', text: dump.connection }] : watched;
}

/** Rejects with a FaultError when it cannot be read; its words do not tell the connection. */
export async function targetOf({ name, text }: NamedConnection, fill: Asking['fill']): Promise<PostgresTarget> {
  const target = parsePostgresUrl(await fill(text));
  if (!('problem' in target)) return target;
  throw new FaultError({
    code: 'connection-unreadable',
    message: `${name} cannot be used: ${target.problem}.`,
    next: 'Correct it; `signalbox doctor` shows how.',
  });
}

/** The pooler as it was last told, kept between looks. */
export type KnownPooler = { value: Pooler | null };

export function connectionSources(settings: Settings, asking: Asking, known: KnownPooler): readonly Source[] {
  const { supabase } = settings.providers;
  const ref = supabase?.ref ?? null;
  return connectionsIn(settings).map((one) => ({
    name: one.name,
    async look(_, tell) {
      const target = await targetOf(one, asking.fill);
      const { host, port } = target;
      const hidden = [...asking.secrets(), ...(target.password ? [target.password] : [])];
      const clean = (text: string, most: number): string => safeText(text, most, hidden);
      tell([
        {
          ...{ kind: 'connection', source: one.name, at: nowOf(asking), monitorId: one.monitorId, port, ref },
          ...{ host: clean(host, 255), user: clean(target.user, 200) },
          database: target.namesDatabase ? clean(target.database, 200) : null,
          pooler: poolerOf(known.value),
        } satisfies EvidenceOf<'connection'>,
      ]);
    },
  }));
}

/** Asks for the pooler, then tells the connections anew with it. Null without Supabase or without a connection. */
export function poolerSource(settings: Settings, asking: Asking, known: KnownPooler): Source | null {
  const { supabase } = settings.providers;
  if (!supabase || connectionsIn(settings).length === 0) return null;
  const client = makeSupabase({ ...supabase, ...accountOf(supabase.token, asking) });
  return {
    name: `Supabase’s pooler of ${supabase.ref}`,
    async look(outage, tell, signal) {
      known.value = await client.pooler(signal);
      if (known.value === null) return;
      // One that cannot be read is told as missing by its own source.
      await Promise.allSettled(connectionSources(settings, asking, known).map((one) => one.look(outage, tell, signal)));
    },
  };
}

function poolerOf(pooler: Pooler | null): EvidenceOf<'connection'>['pooler'] {
  if (!pooler) return null;
  const { host, port, user, database } = pooler;
  return { host: safeText(host, 255), port, user: safeText(user, 200), database: safeText(database, 200) };
}
