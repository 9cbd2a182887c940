// The first user's API (REPLAYS.md, "The stack as it was"): wrapped answers, an index that touches no database, a log-in and
// panels that do. Which socket it sits on and how that breaks is faulty-server.ts's business.
import { createHmac, randomBytes } from 'node:crypto';
import { DatabaseError, type DatabaseTarget, withDatabase } from './api-database.ts';
import { type FaultyServer, type Handler, startFaultyServer } from './faulty-server.ts';
import type { Received, Reply } from './http.ts';
import { isPassword } from './schema.ts';

/** `at`: ISO 8601 UTC. */
export type LogLine = { readonly at: string; readonly level: 'info' | 'error'; readonly message: string };

export type ApiOptions = {
  /** Asked for every request, so that a changed address counts at once. */
  readonly database: () => DatabaseTarget;
  /** Origins whose pages may read the answers. */
  readonly origins?: () => readonly string[];
  /** Key of the access tokens; servers that share it accept each other's. */
  readonly tokenKey?: string;
  readonly branch?: string;
  /** Host names for the certificate. */
  readonly names?: readonly string[];
};

export type ApiServer = FaultyServer & {
  /** The last 500 lines, oldest first, as a hosting provider's log API would have them. */
  readonly log: readonly LogLine[];
};

type Api = Required<Pick<ApiOptions, 'database' | 'origins' | 'tokenKey' | 'branch'>> & { readonly lines: LogLine[] };

const logLimit = 500;

/** Starts it on free loopback ports. */
export async function startApiServer(options: ApiOptions): Promise<ApiServer> {
  const { handle, log } = makeApi(options);
  const server = await startFaultyServer(handle, options.names);
  // Onto the server itself: a copy of it would not say its `fault` live.
  return Object.assign(server, { log });
}

/** The API without a socket, for a server that comes and goes. */
export function makeApi(options: ApiOptions): { readonly handle: Handler; readonly log: readonly LogLine[] } {
  const api: Api = {
    database: options.database,
    origins: options.origins ?? (() => []),
    tokenKey: options.tokenKey ?? randomBytes(16).toString('hex'),
    branch: options.branch ?? 'main',
    lines: [],
  };
  return { handle: (request) => respond(api, request), log: api.lines };
}

async function respond(api: Api, request: Received): Promise<Reply> {
  const reply = await route(api, request).catch((error: unknown) => {
    if (!(error instanceof DatabaseError)) throw error;
    say(api, 'error', error.message);
    return wrapped(500, {}, error.message);
  });
  const { pathname } = new URL(request.path, 'http://api');
  say(api, 'info', `"${request.method} ${pathname} HTTP/1.1" ${reply.status}`);
  return { ...reply, headers: { ...reply.headers, ...corsHeaders(api, request) } };
}

async function route(api: Api, request: Received): Promise<Reply> {
  const { pathname } = new URL(request.path, 'http://api');
  if (request.method === 'OPTIONS') return { status: 204, body: '' };
  if (pathname === '/' && ['GET', 'HEAD'].includes(request.method)) {
    return wrapped(200, { branch: api.branch, release_date: '07 February' });
  }
  if (pathname === '/token' && request.method === 'POST') return logIn(api, request);
  if (pathname === '/v5/panels' && request.method === 'GET') return panels(api, request);
  return wrapped(404, {}, 'Not Found');
}

async function logIn(api: Api, request: Received): Promise<Reply> {
  const form = new URLSearchParams(request.body);
  const [email, password] = [form.get('username'), form.get('password')];
  if (!email || !password) return wrapped(422, {}, 'username and password are required');
  return withDatabase(api.database(), async (client) => {
    const { rows } = await client.query<{ id: number; hashed_password: string }>(
      'select id, hashed_password from users where email = $1 and is_active',
      [email],
    );
    const [user] = rows;
    if (!user || !isPassword(password, user.hashed_password)) return wrapped(401, {}, 'Incorrect email or password');
    return wrapped(200, { access_token: tokenFor(api, user.id), token_type: 'bearer' });
  });
}

async function panels(api: Api, request: Received): Promise<Reply> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const id = Number(token.split('.')[0]);
  if (!Number.isInteger(id) || token !== tokenFor(api, id)) return wrapped(401, {}, 'Not authenticated');
  return withDatabase(api.database(), async (client) => {
    const blacklisted = await client.query('select 1 from blacklisted_access_tokens where access_token = $1', [token]);
    if (blacklisted.rowCount) return wrapped(401, {}, 'Token has been revoked');
    const { rows } = await client.query(
      `select panels.id, title, position, count(entries.id) filter (where is_complete)::int as completed
       from panels left join entries on entries.panel_id = panels.id
       where owner_id = $1 and not is_archived group by panels.id order by position`,
      [id],
    );
    return wrapped(200, rows);
  });
}

/** The user's id and a signature: enough for a rehearsal, and both servers can check it without keeping sessions. */
function tokenFor(api: Api, id: number): string {
  return `${id}.${createHmac('sha256', api.tokenKey).update(String(id)).digest('base64url')}`;
}

function wrapped(status: number, data: object, error: string | null = null): Reply {
  const body = { data, status_code: status, is_error: error !== null, error_message: error, meta: null };
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

function corsHeaders(api: Api, request: Received): Readonly<Record<string, string>> {
  const { origin } = request.headers;
  if (!origin || !api.origins().includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'authorization, content-type',
    vary: 'origin',
  };
}

function say(api: Api, level: LogLine['level'], message: string): void {
  api.lines.push({ at: new Date().toISOString(), level, message });
  if (api.lines.length > logLimit) api.lines.splice(0, api.lines.length - logLimit);
}
