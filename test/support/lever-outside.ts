// What a lever can change, looked at from outside in a yard whose faults are mended: at Vercel, at Statuspage, on the page that
// users open, in the folder of the dumps, and on the database server.
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Yard } from '../../simulator/yard.ts';

export type World = {
  /** `key=value (targets)`, rows without a value left out: a row that was added stays, empty. */
  readonly env: readonly string[];
  /** Items of Global Config, as the API has them. */
  readonly config: { readonly banner: unknown; readonly apiBase: unknown };
  /** Addresses that production's page sends its users to. */
  readonly serves: readonly string[];
  /** Texts that users read as a banner. */
  readonly shown: readonly string[];
  /** Names of the notices that are open at Statuspage. */
  readonly notices: readonly string[];
  readonly files: readonly string[];
  /** Databases that verifying a dump has left. */
  readonly scratch: readonly string[];
};

/** Marks every text that a test puts up, so that it is found in a built page. */
export const bannerText = (name: string): string => `Rehearsal notice: ${name}.`;
const bannerPattern = /Rehearsal notice: [\w -]+\./g;

export async function lookAtWorld(yard: Yard, dumps: string): Promise<World> {
  const has = (part: Yard['started'][number]): boolean => yard.started.includes(part);
  if (has('vercel')) await untilStill(yard);
  const page = has('production') ? await readPage(yard.production.url) : { text: '', config: {} };
  const addresses = has('api') && has('standby') ? { primary: yard.api.url, standby: yard.standby.url } : {};
  const running = page.config.apiBase;
  const decides = typeof running === 'string' && running !== '' ? running : page.text;
  const live = JSON.stringify(page.config.banner ?? null);
  return {
    env: has('vercel')
      ? yard.vercel.env.flatMap(({ key, value, target }) => (value === '' ? [] : [`${key}=${value} (${target.join()})`])).sort()
      : [],
    config: has('vercel')
      ? { banner: yard.vercel.configItem('banner') ?? null, apiBase: yard.vercel.configItem('apiBase') ?? null }
      : { banner: null, apiBase: null },
    serves: Object.entries(addresses).flatMap(([side, url]) => (holds(decides, url) ? [side] : [])),
    shown: [...new Set([...(page.text.match(bannerPattern) ?? []), ...(live.match(bannerPattern) ?? [])])].sort(),
    notices: has('statuspage')
      ? yard.statuspage.incidents.filter(({ status }) => status !== 'resolved').map(({ name }) => name)
      : [],
    files: await readdir(dumps).then(
      (names) => names.sort(),
      () => [],
    ),
    scratch: has('database') ? await scratchDatabases(yard) : [],
  };
}

const holds = (text: string, url: string): boolean => new RegExp(`${url.replaceAll('.', '\\.')}(?!\\d)`).test(text);

/** What Vercel was already doing is over, and its CDN has followed. */
async function untilStill({ vercel }: Yard): Promise<void> {
  const busy = (): boolean =>
    vercel.deployments.some(({ readyState }) => ['QUEUED', 'INITIALIZING', 'BUILDING'].includes(readyState));
  for (let still = 0; still < 5; still = busy() ? 0 : still + 1) await delay(100);
}

/** The page, its scripts and what it reads at run time, as a browser gets them. */
async function readPage(url: string): Promise<{ readonly text: string; readonly config: Record<string, unknown> }> {
  const read = async (address: string): Promise<string> => await (await fetch(address)).text();
  const html = await read(`${url}/`);
  const scripts = [...html.matchAll(/src="\.\/([^"]+\.js)"/g)].map(([, name]) => read(`${url}/${name}`));
  const config = JSON.parse(await read(`${url}/config.json`)) as Record<string, unknown>;
  return { text: [html, ...(await Promise.all(scripts))].join('\n'), config };
}

export async function withScratchServer<T>(yard: Yard, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: yard.database.scratchUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function scratchDatabases(yard: Yard): Promise<readonly string[]> {
  const sql = "select datname from pg_database where datname like 'signalbox_verify_%' order by 1";
  return withScratchServer(yard, async (client) => (await client.query<{ datname: string }>(sql)).rows.map((row) => row.datname));
}

/** Leaves the server as a run should have left it. */
export async function dropScratchDatabases(yard: Yard): Promise<void> {
  for (const name of await scratchDatabases(yard)) await yard.database.query(`drop database if exists "${name}" with (force)`);
}
