// The whole yard: everything it promises is there, and breaks and mends by name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settings as settingsFile } from '../../../main/checks/registry.ts';
import { faults } from '../../../simulator/faults.ts';
import { startYard, type Yard } from '../../../simulator/yard.ts';
import { check } from '../../support/check-ports.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard({ fast: true });
});
afterAll(() => yard.stop());

type Plain = { readonly monitors: readonly { readonly id: string }[] } & Record<string, unknown>;

/** What a monitor of the yard's settings sees now: `up`, `slow` or the error's code. */
async function look(id: string): Promise<string> {
  const config = (yard.settings() as Plain).monitors.find((monitor) => monitor.id === id);
  const secrets = Object.entries(yard.secrets()).map(([name, value]) => [
    name.replace('SIGNALBOX_SECRET_', '').toLowerCase().replaceAll('_', '-'),
    value,
  ]);
  const seen = await check({ ...config }, { secrets: Object.fromEntries(secrets) });
  if (seen.outcome !== 'up') return seen.error?.code ?? seen.outcome;
  return (seen.latencyMs ?? 0) > yard.pace.degradedMs && id !== 'standby' ? 'slow' : 'up';
}

describe('the yard’s settings', () => {
  it.each([{}, { named: true }])('are valid and have all their secrets: %j', (options) => {
    const settings = yard.settings(options);
    expect(settingsFile.parse(settings)).toMatchObject({ app: { name: 'Nine Panels' } });
    const names = [...JSON.stringify(settings).matchAll(/\$\{secret:([a-z-]+)\}/g)].map(
      ([, name]) => `SIGNALBOX_SECRET_${name?.toUpperCase().replaceAll('-', '_')}`,
    );
    expect(Object.keys(yard.secrets(options))).toEqual(expect.arrayContaining(names));
  });

  it('watch a production that is well', async () => {
    const ids = (yard.settings() as Plain).monitors.map((monitor) => monitor.id);
    expect(ids).toEqual('api login certificate name standby db web render supabase vercel rollbar'.split(' '));
    for (const id of ids.filter((one) => one !== 'standby')) expect([id, await look(id)]).toEqual([id, 'up']);
  });
});

describe('a fault of the yard', () => {
  it('has a name of its own and a title', () => {
    expect(new Set(faults.map((fault) => fault.id)).size).toBe(faults.length);
    for (const fault of faults) expect(fault.title).toMatch(/\w+ \w+/);
  });

  it.each([
    ['api-refuse', 'api', 'refused'],
    ['api-hang', 'api', 'timeout'],
    ['api-slow', 'api', 'slow'],
    ['api-5xx', 'api', 'http-status'],
    ['api-429', 'api', 'rate-limited'],
    ['api-wrong-body', 'api', 'assertion'],
    ['api-truncated-body', 'api', 'protocol'],
    ['api-certificate-expired', 'certificate', 'tls'],
    ['api-name-gone', 'name', 'dns'],
    ['database-ipv6-only', 'login', 'http-status'],
    ['database-down', 'db', 'refused'],
    ['database-down', 'login', 'http-status'],
    ['wrong-password', 'db', 'auth'],
    ['standby-refuse', 'standby', 'refused'],
    ['production-refuse', 'web', 'refused'],
    ['provider-frankfurt', 'render', 'assertion'],
    ['provider-page-gone', 'render', 'refused'],
    ['offline', 'api', 'refused'],
  ])('%s is seen by the monitor "%s" as %s, and not after it was mended', async (id, monitor, seen) => {
    await yard.switch(id, true);
    expect([...yard.switched]).toEqual([id]);
    try {
      expect(await look(monitor)).toBe(seen);
    } finally {
      await yard.switch(id, false);
    }
    expect(await look(monitor)).toBe('up');
  });

  it('api-flap comes and goes', async () => {
    await yard.switch('api-flap', true);
    const seen = new Set<string>();
    const deadline = performance.now() + 10_000;
    while (seen.size < 2 && performance.now() < deadline) seen.add(await look('api'));
    await yard.switch('api-flap', false);
    expect(seen.size).toBe(2);
  });

  it('leaves the other way to the database open: pooler-down, and IPv4 lost by the direct one', async () => {
    await yard.switch('pooler-down', true);
    expect(await look('db')).toBe('up');
    await yard.switch('pooler-down', false);
    await yard.switch('database-ipv6-only', true);
    expect(await look('login')).toBe('http-status');
    yard.way = 'pooler';
    expect(await look('login')).toBe('up');
    yard.way = 'direct';
    await yard.mend();
    expect(await look('login')).toBe('up');
  });

  it('is what Supabase says of the part, and what Render’s log says of the API', async () => {
    const health = async (): Promise<unknown> => {
      const path = `/v1/projects/${yard.supabase.ref}/health?services=db&services=pooler`;
      const headers = { authorization: `Bearer ${yard.supabase.token}` };
      const list = (await (await fetch(yard.supabase.url + path, { headers })).json()) as { name: string; status: string }[];
      return Object.fromEntries(list.map(({ name, status }) => [name, status]));
    };
    await yard.switch('database-down', true);
    expect(await health()).toEqual({ db: 'UNHEALTHY', pooler: 'ACTIVE_HEALTHY' });
    expect(await look('login')).toBe('http-status');
    const [service] = yard.render.services;
    const query = new URLSearchParams({ ownerId: yard.render.ownerId, resource: service?.id ?? '', level: 'error' });
    const answer = await fetch(`${yard.render.url}/v1/logs?${query}`, {
      headers: { authorization: `Bearer ${yard.render.token}` },
    });
    expect(await answer.text()).toContain('psycopg2.OperationalError');
    await yard.mend();
    expect(await health()).toEqual({ db: 'ACTIVE_HEALTHY', pooler: 'ACTIVE_HEALTHY' });
  });

  it('counts again when another one of the same part is mended', async () => {
    await yard.switch('api-5xx', true);
    await yard.switch('api-refuse', true);
    await yard.switch('api-refuse', false);
    expect(await look('api')).toBe('http-status');
    await yard.mend();
    expect([...yard.switched]).toEqual([]);
    expect(await look('api')).toBe('up');
  });

  it('reaches the alert channels and takes the witnesses away with everything else', async () => {
    await yard.switch('rollbar-5xx', true);
    expect((await fetch(`${yard.rollbar.url}/api/1/items/`)).status).toBe(503);
    await yard.switch('rollbar-5xx', false);
    await yard.switch('offline', true);
    for (const { url } of [...yard.witnesses, yard.slack, yard.rollbar, yard.production]) {
      await expect(fetch(url)).rejects.toThrow();
    }
    await yard.mend();
    for (const { url } of yard.witnesses) expect((await fetch(url)).status).toBe(200);
  });

  it('is refused when there is none of that name', async () => {
    await expect(yard.switch('api-on-fire', true)).rejects.toThrow(/There is no fault "api-on-fire"\. There are: api-refuse/);
    expect([...yard.switched]).toEqual([]);
  });
});

describe('a yard', () => {
  it('starts only what was asked for, and says so about the rest', async () => {
    const small = await startYard({ parts: ['api', 'slack'] });
    try {
      expect(small.started).toEqual(['api', 'slack']);
      expect((await fetch(small.api.url)).status).toBe(200);
      const answer = await fetch(`${small.api.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({ username: 'a', password: 'b' }),
      });
      expect(await answer.text()).toContain('Connection refused');
      expect(() => small.database).toThrow('This yard was started without its part "database".');
      await expect(small.switch('database-down', true)).rejects.toThrow(/without its part "database"/);
      expect([...small.switched]).toEqual([]);
      expect(settingsFile.safeParse(small.settings()).success).toBe(true);
    } finally {
      await small.stop();
    }
  });

  it('serves what the Vercel stand-in has live, and the twin’s address after a promotion', async () => {
    const bundle = async (): Promise<string> => {
      const script = /src="\.\/([^"]+)"/.exec(await (await fetch(yard.production.url)).text())?.[1];
      return (await fetch(`${yard.production.url}/${script}`)).text();
    };
    expect(await bundle()).toContain(yard.api.url);
    const { projectId, token, deployments } = yard.vercel;
    const twin = deployments.find((one) => one !== yard.vercel.current());
    const promote = (id: string | undefined): Promise<Response> =>
      fetch(`${yard.vercel.url}/v10/projects/${projectId}/promote/${id}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await promote(twin?.id)).ok).toBe(true);
    await expect.poll(bundle, { timeout: 5_000 }).toContain(yard.standby.url);
  });
});
