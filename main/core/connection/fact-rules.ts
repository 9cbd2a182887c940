// What is wrong by what was found out: addresses, connections tried, the login, versions.
import { shownHost } from './parts.ts';
import { directRef, isPublic, isSupabasePooler } from './places.ts';
import { bad, ok, type Rule, type Verdict, warn } from './rule.ts';

const addresses: Rule = (parts, facts) => {
  const { host } = parts;
  if (host === '' || host.startsWith('/')) return null;
  if (host.includes(':')) return isPublic(host) ? onlyIpv6(parts, facts) : null;
  if (/^\d+(?:\.\d+){3}$/.test(host)) return null;
  const { a, aaaa } = facts.addresses ?? { a: null, aaaa: null };
  const name = shownHost(host);
  if (facts.addresses === undefined || (a === null && aaaa === null)) {
    if (facts.addresses !== undefined) {
      return warn('dns-unanswered', {
        message: `Whether ${name} exists could not be found out: no DNS server answered.`,
        next: 'Look at this machine’s network, then try again.',
      });
    }
    return directRef(host) === null ? null : maybeIpv6(parts, facts);
  }
  if (a?.length === 0 && aaaa?.length === 0) return noSuchHost(host, name);
  if (a?.length === 0 && aaaa !== null && aaaa.length > 0) return isPublicList(aaaa) ? onlyIpv6(parts, facts) : null;
  return a !== null && a.length > 0 ? ok('addresses', `${name} has an IPv4 address, so any server can reach it.`) : null;
};

const isPublicList = (list: readonly string[]): boolean => list.some((address) => isPublic(address));

function noSuchHost(host: string, name: string): Verdict {
  const project = directRef(host);
  return bad('no-such-host', {
    message: `The name ${name} does not exist in DNS.`,
    next:
      project === null
        ? 'Copy the host again; a letter may be missing.'
        : `Is there a project ${project}? Supabase takes the name away from paused and deleted ones.`,
  });
}

/** The second real outage of REPLAYS.md. */
function onlyIpv6(parts: Parameters<Rule>[0], facts: Parameters<Rule>[1]): Verdict {
  const here = facts.families?.ipv6 === true ? ' That this machine reaches it proves nothing for a server without IPv6.' : '';
  const message = `${shownHost(parts.host)} has no IPv4 address, only IPv6, so a server without IPv6, as at Render, cannot reach it.${here}`;
  return bad('ipv6-only', { message, ...towardsPooler(parts, facts) });
}

function maybeIpv6(parts: Parameters<Rule>[0], facts: Parameters<Rule>[1]): Verdict {
  const message =
    'The own host of a Supabase database has IPv6 only, unless the project pays for IPv4; a server without IPv6 cannot reach it.';
  const { next } = towardsPooler(parts, facts);
  return warn('ipv6-likely', { message, next });
}

function towardsPooler(parts: Parameters<Rule>[0], { pooler, ref }: Parameters<Rule>[1]) {
  const project = directRef(parts.host);
  if (project === null) return { next: 'Give it an IPv4 address, or connect through a proxy that has one.' };
  // A pooler of another project would let nobody in.
  if (pooler && (!ref || ref.toLowerCase() === project)) {
    const { host, port, user, database } = pooler;
    return {
      next: `Use Supabase’s session pooler, which has IPv4: host ${host}, port ${port}, user ${user}, the same password.`,
      corrected: `${user}@${host}:${port}`,
      fix: { host, port, user, database: parts.database ?? database },
    };
  }
  return {
    next: `Use Supabase’s session pooler, which has IPv4: the host that ends in .pooler.supabase.com (in the dashboard under Connect, Session pooler), port 5432, user postgres.${project}.`,
  };
}

const login: Rule = ({ host }, { login: outcome, families, serverVersion, addresses: found }) => {
  if (outcome === undefined) return null;
  // Said already, by what DNS answered.
  if (!outcome.ok && outcome.code === 'dns' && found !== undefined) return null;
  if (outcome.ok) {
    return ok('login', `The login works${serverVersion ? `; the server is Postgres ${serverVersion}` : ''}.`);
  }
  // This machine's own lack of IPv6 is not the connection's fault.
  const isOurs = outcome.code === 'unreachable' && found?.a?.length === 0;
  return (isOurs ? warn : bad)('login', {
    message: `The login was tried and failed: ${outcome.message}`,
    next:
      outcome.code === 'auth'
        ? 'Correct user, password or database. Do not try often: Supabase bans addresses that fail again and again.'
        : families?.ipv4 === false || families?.ipv6 === false
          ? 'Look at this machine’s network and at the provider’s page.'
          : `Look at ${shownHost(host)} in the provider’s dashboard.`,
  });
};

const families: Rule = ({ host }, { families: tried, addresses: found }) =>
  tried?.ipv4 === false && tried.ipv6 === true
    ? bad('ipv4-dead', {
        message: `${shownHost(host)} has an IPv4 address, but takes connections over IPv6 only.`,
        next: 'A server without IPv6 cannot use it; tell the provider, or use another host.',
      })
    : tried?.ipv6 === false && tried.ipv4 === true && (found?.aaaa?.length ?? 0) > 0
      ? warn('ipv6-dead', {
          message: `${shownHost(host)} takes connections over IPv4, not over IPv6, at least from here.`,
          next: 'Nothing, if this machine has no IPv6.',
        })
      : null;

const major = (version: string): number => Number(/\d+/.exec(version)?.[0] ?? 0);

const pgDump: Rule = (_, { pgDumpVersion, serverVersion }) => {
  if (pgDumpVersion === undefined) return null;
  if (pgDumpVersion === null) {
    return warn('pg-dump-missing', {
      message: 'There is no pg_dump on this machine, so no dump can be made from here.',
      next: `Install PostgreSQL’s client programs${serverVersion ? `, version ${major(serverVersion)} or newer` : ', at least as new as the server'}.`,
    });
  }
  if (!serverVersion) return null;
  if (major(pgDumpVersion) >= major(serverVersion)) {
    return ok('pg-dump', `pg_dump ${pgDumpVersion} can dump a server of version ${serverVersion}.`);
  }
  return bad('pg-dump-old', {
    message: `pg_dump here is version ${pgDumpVersion} and the server ${serverVersion}; pg_dump refuses a server newer than itself.`,
    next: `Install PostgreSQL’s client programs, version ${major(serverVersion)} or newer.`,
  });
};

const poolerUnknown: Rule = ({ host }, { poolerProblem }) =>
  poolerProblem !== undefined && (directRef(host) !== null || isSupabasePooler(host))
    ? warn('pooler-unknown', {
        message: `Supabase could not be asked where this project’s pooler is. ${poolerProblem}`,
        next: 'Look at providers.supabase in the settings, and at status.supabase.com.',
      })
    : null;

export const factRules: readonly Rule[] = [addresses, families, login, poolerUnknown, pgDump];
