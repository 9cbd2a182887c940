// The first user's tables (REPLAYS.md, "The stack as it was") with a little plausible data, as SQL. Every row is made up.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

export type Account = { readonly email: string; readonly password: string };

/** Kept for the log-in monitor: owns nothing. */
export const probeAccount: Account = { email: 'probe@ninepanels.test', password: 'probe-password-0000' };
/** Whoever opens the rehearsal's front end. */
export const visitorAccount: Account = { email: 'visitor@ninepanels.test', password: 'visitor' };

const panels = ['Read', 'Run', 'Swedish', 'Piano', 'Write', 'Sleep by eleven', 'No sugar', 'Call home', 'Draw'];
const days = 30;

// Small on purpose: a rehearsal's log-in should cost a check nothing.
const cost = { N: 1_024 } as const;

/** `salt:hash`, both in hexadecimal. */
function hashOf(password: string, salt = randomBytes(8)): string {
  return `${salt.toString('hex')}:${scryptSync(password, salt, 32, cost).toString('hex')}`;
}

/** Whether `password` belongs to the stored `salt:hash`. */
export function isPassword(password: string, stored: string): boolean {
  const salt = stored.split(':')[0] ?? '';
  const [given, known] = [Buffer.from(hashOf(password, Buffer.from(salt, 'hex'))), Buffer.from(stored)];
  return given.length === known.length && timingSafeEqual(given, known);
}

/** Creates and fills the tables. */
export function seedSql(): string {
  const user = ({ email, password }: Account, name: string): string => `('${name}', '${email}', '${hashOf(password)}')`;
  return `
    create table alembic_version (version_num varchar(32) primary key);
    insert into alembic_version values ('c1f0a2d4e6b8');
    create table users (
      id serial primary key, name varchar not null, email varchar not null unique, hashed_password varchar not null,
      is_active boolean not null default true, created_at timestamptz not null default now()
    );
    insert into users (name, email, hashed_password) values
      ${user(visitorAccount, 'Visitor')}, ${user(probeAccount, 'Probe')}, ${user({ email: 'ada@ninepanels.test', password: 'ada' }, 'Ada')};
    create table panels (
      id serial primary key, owner_id integer not null references users on delete cascade,
      title varchar not null, position integer not null, is_archived boolean not null default false
    );
    insert into panels (owner_id, title, position)
      select owner, title, position from (values (1), (3)) as owners (owner),
        unnest(array[${panels.map((title) => `'${title}'`).join(', ')}]) with ordinality as titles (title, position);
    create table entries (
      id serial primary key, panel_id integer not null references panels on delete cascade,
      is_complete boolean not null, timestamp timestamptz not null
    );
    insert into entries (panel_id, is_complete, timestamp)
      select panels.id, (panels.id * 7 + day * 3) % 4 > 0, now() - day * interval '1 day'
      from panels, generate_series(0, ${days - 1}) as day;
    create table blacklisted_access_tokens (
      id serial primary key, access_token varchar not null unique, expires_at timestamptz not null
    );
    create table password_reset_tokens (
      id serial primary key, user_id integer not null references users on delete cascade,
      token varchar not null unique, is_used boolean not null default false, created_at timestamptz not null default now()
    );
    create table timing_stats (id serial primary key, route varchar not null, requests integer not null, mean_ms real not null);
    insert into timing_stats (route, requests, mean_ms) values ('/token', 1204, 212.4), ('/v5/panels', 5310, 48.9);
    create table timings (
      id bigserial primary key, route varchar not null, elapsed_ms real not null, created_at timestamptz not null
    );
    insert into timings (route, elapsed_ms, created_at)
      select case when n % 4 = 0 then '/token' else '/v5/panels' end, 40 + n % 90, now() - n * interval '1 minute'
      from generate_series(1, 2000) as n;
  `;
}
