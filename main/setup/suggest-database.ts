// What a Postgres connection string or a Supabase project's address suggests (providers/README sections 4.1 and 4.2). Of a
// connection string only host, port and user are looked at; it goes into the keychain by hand, whole. Pure.
import { isNobodys } from './suggest-address.ts';
import { monitor, providerPage, shown } from './suggest-pages.ts';
import type { Found, Part } from './suggest-part.ts';

const reference = '${secret:database-url}';

/** Null when it is no connection string that could be used over a network. */
export function databaseParts(text: string): Found | null {
  const url = URL.parse(text.replace(/^[^:]+:/, 'postgres:'));
  const host = url?.hostname.toLowerCase() ?? '';
  if (url === null || !/^(?:[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\])$/.test(host) || isNobodys(host)) return null;
  return renderDatabase(host) ?? supabaseDatabase(host, url) ?? anyDatabase(host, url);
}

function anyDatabase(host: string, url: URL): Found {
  return { title: `A Postgres database at ${shown(host)}`, parts: [databaseMonitor(''), dumpPart(url)] };
}

/** `dpg-….frankfurt-postgres.render.com` names its region as Render's status page does. */
function renderDatabase(host: string): Found | null {
  const region = /\.(frankfurt|ohio|oregon|singapore|virginia)-postgres\.render\.com$/.exec(host)?.[1];
  if (region === undefined) return null;
  const name = `${region.charAt(0).toUpperCase()}${region.slice(1)}`;
  const page = providerPage('render', [`${name} / PostgreSQL`], `Explains an outage of the database: your region is ${name}.`);
  return { title: `A Postgres database on Render in ${name}`, parts: [databaseMonitor(''), page, dumpPart(null)] };
}

function supabaseDatabase(host: string, url: URL): Found | null {
  const fromHost = /^db\.([a-z]{20})\.supabase\.co$/.exec(host)?.[1];
  const ref = fromHost ?? /^postgres\.([a-z]{20})$/.exec(url.username)?.[1];
  const region = /^aws-\d+-([a-z]{2}-[a-z]+-\d)\.pooler\.supabase\.com$/.exec(host)?.[1] ?? null;
  if (ref === undefined && region === null) return null;
  const ipv6 =
    fromHost === undefined ? '' : ' This host speaks IPv6 only on most plans: where that is a problem, use the pooler.';
  return {
    title: `A Postgres database on Supabase${region === null ? '' : ` in ${region}`}`,
    parts: [databaseMonitor(ipv6), ...supabaseOf(ref ?? null, region), dumpPart(url)],
  };
}

/** `https://<ref>.supabase.co`, `db.<ref>.supabase.co`, or the project's place in the dashboard. */
export function supabaseParts({ hostname, pathname }: URL): Found | null {
  const fromPath = /^(?:\/dashboard)?\/project\/([a-z]{20})(?:\/|$)/.exec(pathname)?.[1];
  const fromHost = /^(?:db\.)?([a-z]{20})\.supabase\.co$/.exec(hostname)?.[1];
  const ref = fromHost ?? (/(?:^|\.)supabase\.com$/.test(hostname) ? fromPath : undefined);
  if (ref === undefined) return null;
  const parts = [databaseMonitor(' You find it there under Connect.'), ...supabaseOf(ref, null), dumpPart(null)];
  return { title: `The Supabase project ${ref}`, parts };
}

function supabaseOf(ref: string | null, region: string | null): readonly Part[] {
  const where =
    region === null
      ? 'Of a large page you can name the parts that concern you, as it writes them.'
      : `Your region is ${region}: name its parts there if the page has them.`;
  const page = providerPage('supabase', [], `Explains an outage of the database. ${where}`);
  if (ref === null) return [page];
  return [
    page,
    {
      path: 'providers.supabase',
      value: { token: '${secret:supabase-token}', ref },
      why: 'Tells the project’s state and where its session pooler is, for dumps from networks without IPv6. Needs an access token.',
    },
  ];
}

function databaseMonitor(more: string): Part {
  return monitor(
    { id: 'db', name: 'Postgres', kind: 'postgres', role: 'database', connection: reference },
    `Logs in and asks a question every 30 seconds. The connection string goes into the keychain, whole.${more}`,
  );
}

function dumpPart(url: URL | null): Part {
  const port = url?.port === '6543' ? ' Port 6543 cannot be dumped through: store the string with 5432.' : '';
  return {
    path: 'dump',
    value: { connection: reference, directory: '~/dumps' },
    why: `The Dump lever: a verified copy of production’s data on this machine, with one click.${port}`,
  };
}
