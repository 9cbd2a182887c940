// Every way to break the rehearsal, as data: a name, a sentence for people, how to do it and how to mend it. `on` may be
// called again while it is on; the yard does so for all that are still on after another was mended.
import { setClockAhead } from './clock.ts';
import { json, text } from './http.ts';
import type { Yard } from './yard.ts';

export type Fault = {
  readonly id: string;
  /** What happens, in a person's words. */
  readonly title: string;
  readonly group: 'api' | 'standby' | 'database' | 'front end' | 'provider' | 'alerts' | 'this machine';
  on(yard: Yard): Promise<void> | void;
  off(yard: Yard): Promise<void> | void;
};

type ApiFault = Parameters<Yard['api']['fail']>[0];

/** A fault of the primary API's socket. */
function api(id: string, title: string, fault: ApiFault | ((yard: Yard) => ApiFault)): Fault {
  return {
    id: `api-${id}`,
    title: `The API ${title}`,
    group: 'api',
    on: (yard) => yard.api.fail(typeof fault === 'function' ? fault(yard) : fault),
    off: (yard) => yard.api.fail(null),
  };
}

/** What Supabase itself says of the part, where its management API is simulated too. */
function tellSupabase(yard: Yard, service: 'db' | 'pooler', healthy: boolean): void {
  if (yard.started.includes('supabase')) yard.supabase.setHealth(service, healthy ? 'ACTIVE_HEALTHY' : 'UNHEALTHY');
}

const tooMany = json(429, { message: 'Too Many Requests' }, { 'retry-after': '30' });
const badGateway = text(502, 'Bad Gateway\n');
// Enough for a log-in and a query, far less than a dump.
const dropAfterBytes = 48 * 1_024;

/** Real Render titles its incidents with the region (providers/README, section 2.1). */
const frankfurt = {
  name: 'Elevated error rates in Frankfurt',
  impact: 'major',
  components: ['Frankfurt / Web Services'],
  update: 'We are investigating connectivity problems of web services in the Frankfurt region.',
} as const;

const apiFaults: readonly Fault[] = [
  api('refuse', 'refuses connections', { kind: 'refuse' }),
  api('hang', 'takes requests and never answers', { kind: 'hang' }),
  api('slow', 'answers slowly', (yard) => ({ kind: 'slow', ms: yard.pace.slowMs })),
  api('5xx', 'answers 502', { kind: 'answer', reply: badGateway }),
  api('429', 'answers 429 with Retry-After', { kind: 'answer', reply: tooMany }),
  api('wrong-body', 'answers 200 with somebody else’s page', { kind: 'wrong-body' }),
  api('truncated-body', 'ends its answers half-way', { kind: 'truncate' }),
  api('flap', 'goes away and comes back, again and again', (yard) => ({ kind: 'flap', everyMs: yard.pace.flapMs })),
  {
    id: 'api-certificate-expired',
    title: 'The API’s certificate ended yesterday',
    group: 'api',
    on: (yard) => yard.api.setExpired(true),
    off: (yard) => yard.api.setExpired(false),
  },
  {
    id: 'api-name-gone',
    title: 'The API’s name vanishes from DNS',
    group: 'api',
    on: (yard) => yard.names.set(yard.hosts.api, []),
    off: (yard) => yard.names.set(yard.hosts.api, ['ipv4']),
  },
];

const databaseFaults: readonly Fault[] = [
  {
    id: 'database-ipv6-only',
    title: 'The database’s direct address loses IPv4',
    group: 'database',
    async on({ database, names }) {
      await names.set(database.names.direct, ['ipv6']);
      await database.direct.listenOn(['ipv6']);
    },
    async off({ database, names }) {
      await database.direct.listenOn(['ipv4', 'ipv6']);
      await names.set(database.names.direct, ['ipv4', 'ipv6']);
    },
  },
  {
    id: 'pooler-down',
    title: 'The session pooler refuses connections',
    group: 'database',
    async on(yard) {
      await yard.database.pooler.fail({ kind: 'refuse' });
      tellSupabase(yard, 'pooler', false);
    },
    async off(yard) {
      await yard.database.pooler.fail(null);
      tellSupabase(yard, 'pooler', true);
    },
  },
  {
    id: 'database-down',
    title: 'The database stops',
    group: 'database',
    async on(yard) {
      await yard.database.setRunning(false);
      // Without the server nobody listens on its own address; the pooler's still takes connections, and drops them.
      await yard.database.direct.fail({ kind: 'refuse' });
      tellSupabase(yard, 'db', false);
    },
    async off(yard) {
      await yard.database.setRunning(true);
      await yard.database.direct.fail(null);
      tellSupabase(yard, 'db', true);
    },
  },
  {
    id: 'wrong-password',
    title: 'Somebody changed the database password',
    group: 'database',
    on: ({ database }) => database.setPassword('changed-by-somebody'),
    off: ({ database }) => database.setPassword(null),
  },
  {
    id: 'drop-mid-dump',
    title: 'Connections to the database are cut in the middle of a dump',
    group: 'database',
    async on({ database }) {
      const fault = { kind: 'drop', bytes: dropAfterBytes } as const;
      await Promise.all([database.direct.fail(fault), database.pooler.fail(fault)]);
    },
    async off({ database }) {
      await Promise.all([database.direct.fail(null), database.pooler.fail(null)]);
    },
  },
];

/** A fault of the socket of a provider's API. */
function provider<P extends 'vercel' | 'statuspage'>(
  part: P,
  id: string,
  title: string,
  fault: Parameters<Yard[P]['fail']>[0],
  only?: Parameters<Yard[P]['fail']>[2],
): Fault {
  return {
    id: `${part}-${id}`,
    title: `${part === 'vercel' ? 'Vercel' : 'Statuspage'}’s API ${title}`,
    group: 'provider',
    on: (yard) => yard[part].fail(fault, undefined, only),
    off: (yard) => yard[part].fail(null),
  };
}

type VercelSwitches = Yard['vercel']['switches'];

/** A fault of what Vercel does, not of how it answers. */
function vercelDoes(id: string, title: string, turn: (switches: VercelSwitches, on: boolean) => void): Fault {
  const set = (on: boolean) => (yard: Yard) => turn(yard.vercel.switches, on);
  return { id: `vercel-${id}`, title, group: 'provider', on: set(true), off: set(false) };
}

const changes = ({ method }: { readonly method: string }): boolean => method !== 'GET';
const unavailable = json(503, { error: { code: 'service_unavailable', message: 'Service unavailable' } });
const tooManyAtVercel = json(429, { error: { code: 'rate_limited', message: 'Too many requests' } }, { 'retry-after': '1' });

const providerFaults: readonly Fault[] = [
  provider('vercel', 'refuse', 'refuses connections', { kind: 'refuse' }),
  provider('vercel', 'hang', 'takes requests and answers a minute later', { kind: 'hang', ms: 60_000 }),
  provider('vercel', '5xx', 'answers 503', { kind: 'answer', reply: unavailable }),
  provider('vercel', '429', 'answers 429 with Retry-After', { kind: 'answer', reply: tooManyAtVercel }),
  provider('vercel', 'drop', 'does what it is asked, and its answers are lost', { kind: 'drop' }, changes),
  vercelDoes('token', 'Somebody revoked the token for Vercel', (switches, on) => {
    switches.tokenRevoked = on;
  }),
  vercelDoes('builds-fail', 'Vercel’s builds fail', (switches, on) => {
    switches.buildsFail = on ? 'Command "npm run build" exited with 1' : null;
  }),
  vercelDoes('promotions-fail', 'Vercel’s promotions fail', (switches, on) => {
    switches.promotionsFail = on;
  }),
  provider('statuspage', 'refuse', 'refuses connections', { kind: 'refuse' }),
  provider('statuspage', '5xx', 'answers 503', { kind: 'answer', reply: json(503, { error: 'unavailable' }) }),
  provider('statuspage', 'drop', 'does what it is asked, and its answers are lost', { kind: 'drop' }, changes),
];

const otherFaults: readonly Fault[] = [
  {
    id: 'standby-refuse',
    title: 'The standby refuses connections',
    group: 'standby',
    on: ({ standby }) => standby.fail({ kind: 'refuse' }),
    off: ({ standby }) => standby.fail(null),
  },
  {
    id: 'production-refuse',
    title: 'The front end refuses connections',
    group: 'front end',
    on: ({ production }) => production.fail({ kind: 'refuse' }),
    off: ({ production }) => production.fail(null),
  },
  {
    id: 'provider-frankfurt',
    title: 'Render reports a major outage in Frankfurt',
    group: 'provider',
    on({ statusPages: { render } }) {
      render.setComponent('Frankfurt / Web Services', 'major_outage');
      render.setIncidents([{ ...frankfurt, startedAt: new Date().toISOString() }]);
    },
    off({ statusPages: { render } }) {
      render.setComponent('Frankfurt / Web Services', 'operational');
      render.setIncidents([]);
    },
  },
  {
    id: 'provider-page-gone',
    title: 'Render’s status page cannot be read',
    group: 'provider',
    on: ({ statusPages: { render } }) => render.fail({ kind: 'refuse' }),
    off: ({ statusPages: { render } }) => render.fail(null),
  },
  {
    id: 'slack-hang',
    title: 'Slack takes messages and does not answer',
    group: 'alerts',
    on: ({ slack }) => slack.fail({ kind: 'hang', ms: 60_000 }),
    off: ({ slack }) => slack.fail(null),
  },
  {
    id: 'rollbar-5xx',
    title: 'Rollbar answers 503',
    group: 'alerts',
    on: ({ rollbar }) => rollbar.fail({ kind: 'answer', reply: json(503, { err: 1, message: 'unavailable' }) }),
    off: ({ rollbar }) => rollbar.fail(null),
  },
  {
    id: 'offline',
    title: 'This machine loses its network: nothing answers, not even the witnesses',
    group: 'this machine',
    on: (yard) => yard.setOffline(true),
    off: (yard) => yard.setOffline(false),
  },
  {
    id: 'clock-jump',
    title: 'This machine’s clock jumps an hour ahead, and back when it is mended',
    group: 'this machine',
    on: () => setClockAhead(3_600_000),
    off: () => setClockAhead(0),
  },
];

export const faults: readonly Fault[] = [...apiFaults, ...databaseFaults, ...providerFaults, ...otherFaults];
