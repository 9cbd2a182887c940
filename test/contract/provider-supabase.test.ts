import { afterAll, describe, expect, it } from 'vitest';
import { makeSupabase } from '../../main/providers/supabase.ts';
import { startSupabase } from '../../simulator/supabase.ts';
import { contractOr } from './ask.ts';

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

async function scene(pooler?: { readonly host: string; readonly port: number }) {
  const supabase = await startSupabase({
    token: 'sbp_token-0000',
    contract: contractOr('supabase'),
    ...(pooler ? { pooler } : {}),
  });
  stops.push(() => supabase.stop());
  const client = (token: string) => makeSupabase({ apiUrl: supabase.url, ref: supabase.ref, token: async () => token });
  return { supabase, client };
}

const patience = (): AbortSignal => AbortSignal.timeout(5_000);

describe('Supabase', () => {
  it('names the session port of the pooler, whatever the API says of transactions', async () => {
    const { supabase, client } = await scene();
    const pooler = await client('sbp_token-0000').pooler(patience());
    expect(pooler).toMatchObject({ port: 5_432, user: `postgres.${supabase.ref}`, database: 'postgres' });
    expect(pooler?.host).toMatch(/pooler\.supabase\.com$/);
    expect(supabase.violations).toEqual([]);
  });

  it('keeps another port', async () => {
    const { client } = await scene({ host: '127.0.0.1', port: 12_345 });
    expect(await client('sbp_token-0000').pooler(patience())).toMatchObject({ host: '127.0.0.1', port: 12_345 });
  });

  it('says that the token is refused, without the token', async () => {
    const { client } = await scene();
    const refused = client('sbp_wrong-0000').pooler(patience());
    await expect(refused).rejects.toMatchObject({ code: 'provider-auth', exitCode: 3 });
    await expect(refused).rejects.not.toThrow(/sbp_wrong/);
  });
});
