// How the Supabase project is, as a whole and in its parts. A project that says nothing of its parts still has a status.
import type { Settings } from '../../shared/settings.ts';
import { makeSupabase } from '../providers/supabase.ts';
import { makeSupabaseHealth, type ServiceHealth } from '../providers/supabase-health.ts';
import { type Asking, accountOf, nowOf, type Source } from './ports.ts';

type SupabaseSettings = NonNullable<Settings['providers']['supabase']>;

export function supabaseSource(supabase: SupabaseSettings, asking: Asking): Source {
  const { ref } = supabase;
  const name = `Supabase project ${ref}`;
  const account = { ...supabase, ...accountOf(supabase.token, asking) };
  const client = makeSupabase(account);
  const health = makeSupabaseHealth(account);
  return {
    name,
    async look(_, tell, signal) {
      const say = (status: string, services: readonly ServiceHealth[]): void =>
        tell([{ kind: 'project', source: name, at: nowOf(asking), provider: 'supabase', ref, status, services: [...services] }]);
      const parts = health(signal);
      // Its failure is told below, once the status is.
      parts.catch(() => undefined);
      const { status } = await client.project(signal);
      say(status, []);
      say(status, await parts);
    },
  };
}
