// What pasted addresses suggest: always something that the settings accept, never a credential, nothing for nonsense.
import { describe, expect, it } from 'vitest';
import { settings } from '../../../main/checks/registry.ts';
import { suggest } from '../../../main/setup/suggest.ts';
import { merged } from '../../../renderer/settings/setup-model.ts';
import { type Suggestion, suggestion } from '../../../shared/settings-view.ts';

const ref = 'abcdefghijklmnopqrst';
const full = {
  monitors: [
    { id: 'api', kind: 'http', role: 'api-primary', url: 'https://api.example.com/' },
    { id: 'db', kind: 'postgres', role: 'database', connection: '${secret:other-url}' },
    { id: 'render', kind: 'status-page', role: 'provider', url: 'https://status.render.com' },
  ],
  providers: { render: { token: '${secret:render-token}', services: ['srv-one1'] } },
};

type Row = readonly [address: string, title: string | null, parts: readonly string[]];

/** Parts as `path` or, of monitors, `role id`. */
const table: readonly Row[] = [
  ['https://api.example.com', 'An API server at api.example.com', ['api-primary api']],
  ['https://api.example.com/', 'An API server at api.example.com', ['api-primary api']],
  ['api.example.com', 'An API server at api.example.com', ['api-primary api']],
  ['api.example.com:8443/health', 'An API server at api.example.com:8443', ['api-primary api']],
  ['http://192.168.1.10:8000/', 'An API server at 192.168.1.10:8000', ['api-primary api']],
  ['http://localhost:3000', 'An API server at localhost:3000', ['api-primary api']],
  ['localhost:3000', 'An API server at localhost:3000', ['api-primary api']],
  ['http://[2a05:d014::1]:8080/', 'An API server at [2a05:d014::1]:8080', ['api-primary api']],
  ['  "https://api.example.com/v1"  ', 'An API server at api.example.com', ['api-primary api']],
  ['<https://api.example.com>', 'An API server at api.example.com', ['api-primary api']],
  ['API_URL=https://api.example.com', 'An API server at api.example.com', ['api-primary api']],
  ['https://user:hunter2hunter2@api.example.com/', 'An API server at api.example.com', ['api-primary api']],
  ['https://bücher.example/', 'An API server at xn--bcher-kva.example', ['api-primary api']],
  [
    'https://nine.onrender.com',
    'An API on Render: nine.onrender.com',
    ['api-primary api', 'provider render', 'providers.render'],
  ],
  ['nine.onrender.com/', 'An API on Render: nine.onrender.com', ['api-primary api', 'provider render', 'providers.render']],
  ['https://dashboard.render.com/web/srv-abc123', 'The service srv-abc123 on Render', ['providers.render', 'provider render']],
  [
    'https://dashboard.render.com/web/srv-abc123/logs',
    'The service srv-abc123 on Render',
    ['providers.render', 'provider render'],
  ],
  ['https://dashboard.render.com/', null, []],
  [
    `https://${ref}.supabase.co`,
    `The Supabase project ${ref}`,
    ['database db', 'provider supabase', 'providers.supabase', 'dump'],
  ],
  [
    `https://supabase.com/dashboard/project/${ref}`,
    `The Supabase project ${ref}`,
    ['database db', 'provider supabase', 'providers.supabase', 'dump'],
  ],
  [
    `https://supabase.com/dashboard/project/${ref}/settings`,
    `The Supabase project ${ref}`,
    ['database db', 'provider supabase', 'providers.supabase', 'dump'],
  ],
  [`db.${ref}.supabase.co`, `The Supabase project ${ref}`, ['database db', 'provider supabase', 'providers.supabase', 'dump']],
  ['https://supabase.com/', null, []],
  ['https://short.supabase.co/', null, []],
  ['postgres://app:hunter2hunter2@db.example.com/app', 'A Postgres database at db.example.com', ['database db', 'dump']],
  [
    'DATABASE_URL=postgresql://app:hunter2hunter2@db.example.com/app',
    'A Postgres database at db.example.com',
    ['database db', 'dump'],
  ],
  ['psql "postgresql://app:hunter2hunter2@db.example.com/app"', 'A Postgres database at db.example.com', ['database db', 'dump']],
  ['postgresql+psycopg2://app:hunter2hunter2@db.example.com', 'A Postgres database at db.example.com', ['database db', 'dump']],
  [
    `postgresql://postgres:hunter2hunter2@db.${ref}.supabase.co:5432/postgres`,
    'A Postgres database on Supabase',
    ['database db', 'provider supabase', 'providers.supabase', 'dump'],
  ],
  [
    `postgresql://postgres.${ref}:hunter2hunter2@aws-0-eu-central-1.pooler.supabase.com:5432/postgres`,
    'A Postgres database on Supabase in eu-central-1',
    ['database db', 'provider supabase', 'providers.supabase', 'dump'],
  ],
  [
    'https://nine-panels.vercel.app',
    'A front end on Vercel: nine-panels.vercel.app',
    ['frontend web', 'provider vercel', 'providers.vercel'],
  ],
  ['https://vercel.com/my-team/web', 'The project web on Vercel', ['providers.vercel', 'provider vercel']],
  ['https://vercel.com/my-team/web/deployments', 'The project web on Vercel', ['providers.vercel', 'provider vercel']],
  ['https://vercel.com/', null, []],
  ['https://status.render.com', 'The status page of Render', ['provider render']],
  ['https://www.vercel-status.com/', 'The status page of Vercel', ['provider vercel']],
  ['https://status.example.com', 'The status page of example.com', ['provider provider']],
  ['https://acme.statuspage.io/', 'The status page of acme', ['provider provider']],
  ['https://acme.instatus.com', 'The status page of acme', ['provider provider']],
  ['http://intranet:8000/', 'An API server at intranet:8000', ['api-primary api']],
  ['\u200bhttps://api.example.com/\ufeff', 'An API server at api.example.com', ['api-primary api']],
  ['https://api.example.com/health?api_key=hunter2hunter2', 'An API server at api.example.com', ['api-primary api']],
  [
    'postgres://app:hunter2hunter2@dpg-abc123-a.frankfurt-postgres.render.com/app',
    'A Postgres database on Render in Frankfurt',
    ['database db', 'provider render', 'dump'],
  ],
  [
    'postgres://postgres:hunter2hunter2@aws-1-us-east-1.pooler.supabase.com:6543/postgres',
    'A Postgres database on Supabase in us-east-1',
    ['database db', 'provider supabase', 'dump'],
  ],
  ['postgres://app:hunter2hunter2@localhost:5432/app', 'A Postgres database at localhost', ['database db', 'dump']],
  ['postgres://app:hunter2hunter2@[::1]/app', 'A Postgres database at [::1]', ['database db', 'dump']],
  ['https://nine-panels-git-main-acme.vercel.app', 'A preview of nine-panels on Vercel', ['provider vercel', 'providers.vercel']],
  [
    'https://nine-panels-1x2y3z4ab-acme.vercel.app/',
    'A preview of nine-panels on Vercel',
    ['provider vercel', 'providers.vercel'],
  ],
  ['https://vercel.com/docs/rest-api', null, []],
  ['https://acme.betteruptime.com', 'The status page of acme', ['provider provider']],
  ['https://status.supabase.com/', 'The status page of Supabase', ['provider supabase']],
  ['https://manage.statuspage.io/pages/abc123def456/incidents', 'Your page abc123def456 at Statuspage', ['providers.statuspage']],
  ['https://manage.statuspage.io/', null, []],
  ['https://api.render.com/deploy/srv-abc123?key=hunter2', null, []],
  ['https://api.vercel.com/v1/integrations/deploy/prj_1/hunter2', null, []],
  ['https://hooks.slack.com/services/T0/B0/hunter2', null, []],
  ['postgres://app:hunter2hunter2@169.254.169.254/app', null, []],
  ['postgres://app:hunter2/hunter2@db.example.com/app', null, []],
  ['postgres://app:hunter2@%E0%A4%A/app', null, []],
  ['postgres://app:hunter2@one.example.com,two.example.com/app', null, []],
  ['postgres:///app?host=/var/run/postgresql&password=hunter2', null, []],
  ['http://[::ffff:169.254.169.254]/', null, []],
  ['http://[fd00:ec2::254]/', null, []],
  ['http://0xA9FEA9FE/', null, []],
  ['http://metadata.google.internal/', null, []],
  ['app:hunter2hunter2@api.example.com', null, []],
  ['jane@example.com', null, []],
  ['12345', null, []],
  ['https://example.com/\u202e', 'An API server at example.com', ['api-primary api']],
  ['javascript:alert(1)', null, []],
  ['data:text/html,<h1>x</h1>', null, []],
  ['file:///etc/passwd', null, []],
  ['ftp://example.com/', null, []],
  ['http://169.254.169.254/latest/meta-data/', null, []],
  ['http://[fe80::1]/', null, []],
  ['http://0.0.0.0/', null, []],
  ['hello', null, []],
  ['hello world', null, []],
  ['https://', null, []],
  ['postgres://', null, []],
  ['https://example.com/\u0000', null, []],
  ['https://example.com/\u001b[31m', null, []],
  [`https://example.com/${'x'.repeat(1_950)}`, null, []],
  ['', null, []],
];

const labels = ({ parts }: Suggestion): string[] =>
  parts.map(({ path, value }) => {
    const { role, id } = value as { readonly role?: string; readonly id?: string };
    return path === 'monitors' ? `${role} ${id}` : path;
  });

describe('a pasted address', () => {
  it.each(table)('%s', (address, title, expected) => {
    const found = suggest(address, {});
    expect(found?.title ?? null).toBe(title);
    expect(found === null ? [] : labels(found)).toEqual(expected);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it.each(table.filter(([, title]) => title !== null))('%s fits the settings, alone and beside others', (address) => {
    for (const document of [{ monitors: [] }, full]) {
      const found = suggest(address, document);
      expect(suggestion.safeParse(found).error).toBeUndefined();
      if (found) expect(settings.safeParse(merged(document, found.parts)).error).toBeUndefined();
    }
  });

  it('is not suggested twice', () => {
    expect(suggest('api.example.com', full)).toEqual({
      title: 'An API server at api.example.com, which is watched already',
      parts: [],
      secrets: [],
    });
    expect(labels(suggest('https://other.onrender.com', full) as Suggestion)).toEqual(['api-standby standby']);
  });

  it('makes a second server the standby, and lets one on Render sleep', () => {
    const [standby] = suggest('https://spare.onrender.com', full)?.parts ?? [];
    expect(standby?.value).toMatchObject({ role: 'api-standby', coldStart: '90s', interval: '1h' });
    const [other] = suggest('https://spare.example.com', full)?.parts ?? [];
    expect(other?.value).not.toHaveProperty('coldStart');
  });

  it('keeps the role of a server that is watched already', () => {
    expect(labels(suggest('https://api.example.com/health', full) as Suggestion)).toEqual(['api-primary api-2']);
    const both = {
      monitors: [...full.monitors, { id: 'spare', kind: 'http', role: 'api-standby', url: 'https://spare.example.com' }],
    };
    expect(labels(suggest('https://spare.example.com/health', both) as Suggestion)).toEqual(['api-standby standby']);
    expect(labels(suggest('https://third.example.com', both) as Suggestion)).toEqual(['other api-2']);
  });

  it('adds one service more to those that are set up', () => {
    const [part] = suggest('https://dashboard.render.com/web/srv-two2', full)?.parts ?? [];
    expect(part).toMatchObject({ path: 'providers.render.services', value: ['srv-one1', 'srv-two2'] });
    expect(suggest('https://dashboard.render.com/web/srv-one1', full)?.parts).toEqual([]);
  });

  it('says what to do about a host without IPv4, a port that cannot be dumped through, and a credential that was left out', () => {
    const reasons = (address: string): string =>
      suggest(address, {})
        ?.parts.map(({ why }) => why)
        .join(' ') ?? '';
    expect(reasons(`postgres://postgres:x@db.${ref}.supabase.co/postgres`)).toContain('IPv6');
    expect(reasons(`postgres://postgres.${ref}:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres`)).toContain('5432');
    expect(reasons('https://api.example.com/?token=hunter2')).toContain('left out');
    expect(JSON.stringify(suggest('https://api.example.com/?token=hunter2&deep=1', {}))).toContain(
      'https://api.example.com/?deep=1',
    );
  });

  it('makes sense of nothing, and of documents in any shape', () => {
    for (const document of [
      { monitors: 'none' },
      { monitors: [null, 1, { id: 7 }] },
      { providers: { render: [] } },
      { providers: null },
    ]) {
      expect(suggest('https://nine.onrender.com', document)?.parts.length).toBeGreaterThan(0);
      expect(suggest('https://dashboard.render.com/web/srv-abc123', document)).not.toBeNull();
    }
  });

  it('answers at once whatever is pasted', () => {
    const pieces = [
      'postgres://',
      'a:',
      '@',
      '-git-',
      '-1x2y3z4ab-',
      '.',
      'https://',
      '[',
      '%',
      '://',
      '"',
      'srv-',
      '\u0000',
      'é',
    ];
    for (let seed = 1; seed < 2_000; seed += 1) {
      const text = Array.from({ length: 12 }, (_, place) => pieces[(seed * (place + 7) * 2_654_435_761) % pieces.length]).join(
        '',
      );
      const found = suggest(text, full);
      expect(suggestion.nullable().safeParse(found).error).toBeUndefined();
    }
    expect(suggest(`https://${'a-git-'.repeat(300)}.vercel.app`, {})).toBeNull();
  });

  it('takes ids that are free', () => {
    expect(labels(suggest(`db.${ref}.supabase.co`, full) as Suggestion)[0]).toBe('database db-2');
  });

  it('names the secrets that are needed, and the region that the pooler tells', () => {
    const found = suggest(`postgres://postgres.${ref}:x@aws-0-eu-central-1.pooler.supabase.com/postgres`, {});
    expect(found?.secrets).toEqual(['database-url', 'supabase-token']);
    expect(found?.parts.map(({ why }) => why).join(' ')).toContain('eu-central-1');
  });
});
