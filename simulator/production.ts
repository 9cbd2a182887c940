// The first user's production origin: serves whichever build is live now, and beside it the values that can change without a
// build. Which build is live is the hosting provider's stand-in's business.
import { readFileSync } from 'node:fs';
import { extname, join, resolve, sep } from 'node:path';
import { json, type Received, type Reply, type StandIn, startStandIn } from './http.ts';

export type ProductionOptions = {
  /** Folder of the live build, asked for every request; null when nothing was ever deployed. */
  directory(): string | null;
  /** What `/config.json` says: `{ banner?, apiBase? }` in the rehearsal's page. */
  config(): unknown;
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

// The words of Vercel's own page for a domain without a deployment.
const nothingLive = 'The deployment could not be found on Vercel.\n\nDEPLOYMENT_NOT_FOUND\n';

/** Starts it on a free loopback port. */
export function startProduction(options: ProductionOptions): Promise<StandIn> {
  return startStandIn((request) => answer(options, request));
}

function answer({ directory, config }: ProductionOptions, { method, path }: Received): Reply {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: '', headers: { allow: 'GET, HEAD' } };
  const { pathname } = new URL(path, 'http://production');
  if (pathname === '/config.json') return json(200, config() ?? {}, { 'cache-control': 'no-store' });
  const root = directory();
  if (root === null) return { status: 404, body: nothingLive, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  const file = resolve(join(root, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
  const type = types[extname(file)];
  if (!file.startsWith(resolve(root) + sep) || !type) return { status: 404, body: 'Not found\n' };
  try {
    const body = readFileSync(file, 'utf8');
    return { status: 200, body: method === 'HEAD' ? '' : body, headers: { 'content-type': type, 'cache-control': 'no-store' } };
  } catch {
    return { status: 404, body: 'Not found\n' };
  }
}
