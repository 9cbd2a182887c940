// The six failed attempts of REPLAYS.md, part B, as rows of the connection doctor's table.
import { canary, direct, onlyV6, pooler, poolerHost, production, type Row, sound, soundShown, staging } from './doctor-places.ts';

/** REPLAYS.md, part B: what was tried between 07:13 and 07:35. (The stale build cache leaves no trace in a URL.) */
export const attempts: readonly Row[] = [
  {
    name: 'staging with the user of production',
    text: `postgresql://postgres.${production}:${canary}@${poolerHost}:5432/postgres`,
    facts: { ref: staging },
    finds: ['bad other-project'],
    corrected: `postgresql://postgres.${staging}:[password]@${poolerHost}:5432/postgres`,
    says: `settings name ${staging}`,
  },
  {
    name: 'no driver, where the application names one',
    text: sound,
    facts: { driver: 'psycopg2' },
    finds: ['bad driver-missing'],
    corrected: soundShown.replace('postgresql:', 'postgresql+psycopg2:'),
    says: 'postgresql+psycopg2://',
  },
  {
    name: 'no /postgres at the end',
    text: `postgresql://postgres.${production}:${canary}@${poolerHost}:5432`,
    finds: ['bad no-database'],
    corrected: soundShown,
    says: '/postgres',
  },
  {
    name: 'the host that lost IPv4, though this machine reaches it',
    text: `postgresql://postgres:${canary}@${direct}:5432/postgres`,
    facts: { ...onlyV6, families: { ipv4: null, ipv6: true }, login: { ok: true }, ref: production, pooler },
    finds: ['bad ipv6-only'],
    corrected: soundShown,
    says: 'proves nothing for a server without IPv6',
  },
  {
    name: 'port 6543 in place of 5432',
    text: `postgresql://postgres.${production}:${canary}@${poolerHost}:6543/postgres`,
    finds: ['bad transaction-pooler'],
    corrected: soundShown,
    says: 'pg_dump',
  },
  {
    name: 'the same five at once',
    text: `postgres://postgres.${production}:${canary}@${poolerHost}:6543`,
    facts: { ref: staging, driver: 'psycopg2' },
    finds: ['bad driver-missing', 'bad transaction-pooler', 'bad other-project', 'bad no-database'],
    corrected: `postgresql+psycopg2://postgres.${staging}:[password]@${poolerHost}:5432/postgres`,
  },
];
