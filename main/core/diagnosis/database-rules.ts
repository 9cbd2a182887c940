// Causes that lie between the API and its database. Both API servers use the same database, so no lever mends these: moving
// traffic would only move the trouble (REPLAYS B).
import type { EvidenceLine } from '../../../shared/evidence.ts';
import type { MonitorView } from '../../../shared/snapshot.ts';
import type { Facts } from './facts.ts';
import {
  answersBadly,
  checkLine,
  cluesThat,
  evidenceOf,
  failing,
  isDown,
  isUp,
  lessSure,
  lines,
  ofRole,
  type Rule,
  said,
  type Verdict,
  witnesses,
} from './rule.ts';

/** As psycopg, libpq, node-postgres, Prisma and JDBC word it. */
const databaseWords =
  /connection to server at|could not connect to server|OperationalError|psycopg|asyncpg|SQLSTATE|PrismaClient|Can't reach database|ECONNREFUSED[^\n]{0,60}:(5432|6543)|connection to (the )?database|no pg_hba\.conf entry/i;
const toIpv6 =
  /connection to server at \\?"?([\w.-]{1,253})\\?"? ?\(([0-9a-f:.]{2,45})\)[^\n]{0,60}(network (is )?unreachable|cannot assign requested address|no route to host)|ENETUNREACH[^\n]{0,40}([0-9a-f]{1,4}:[0-9a-f:]{2,40})/i;
const wrongUser = /tenant or user not found|no such user|role "[^"\n]{1,64}" does not exist/i;
const wrongPassword = /password authentication failed|invalid password|SASL authentication failed|28P01/i;
const tooMany =
  /remaining connection slots|too many (clients|connections)|max ?client ?connections|MaxClients|QueuePool limit|53300|pool (is )?(exhausted|timed? ?out)/i;
const diskFull = /no space left on device|could not extend file|disk (is )?full|read-only transaction|53100/i;

const isIpv6 = (address: string): boolean => address.includes(':');

/** Those whose failure may come from the database: they answer, and badly. */
const sufferers = (facts: Facts): readonly MonitorView[] =>
  ofRole(failing(facts), 'api-primary', 'api-standby').filter(answersBadly);

export const ipv6Only: Rule = {
  id: 'database-ipv6-only',
  judge(facts) {
    const found = cluesThat(facts, toIpv6).filter(({ text }) => isIpv6(toIpv6.exec(text)?.[2] ?? toIpv6.exec(text)?.[4] ?? ''));
    const connections = evidenceOf(facts, 'connection');
    const databases = new Set(connections.map(({ host }) => host));
    const names = evidenceOf(facts, 'dns').filter(
      ({ host, now }) => databases.has(host) && now.a?.length === 0 && (now.aaaa?.length ?? 0) > 0,
    );
    const families = ofRole(facts.monitors, 'database').filter(
      ({ last }) => last?.families?.ipv4 === null && last.families.ipv6 === true,
    );
    const isSuffering = sufferers(facts).length > 0;
    if (found.length === 0 && (!isSuffering || names.length + families.length === 0)) return null;
    const host = toIpv6.exec(found[0]?.text ?? '')?.[1] ?? names[0]?.host ?? connections[0]?.host;
    const sides = witnesses(found) + Number(names.length > 0) + Number(families.length > 0);
    const over4 = ofRole(facts.monitors, 'database').filter(
      ({ last }) => last?.families?.ipv4 === true && hostIs(last.address, host),
    );
    const confidence = sides >= 2 ? 'high' : 'medium';
    return {
      sentence: `The API cannot reach its database: ${host ?? 'the database’s host'} has only an IPv6 address, and the API’s host has no IPv6.`,
      confidence: over4.length > 0 ? lessSure(confidence) : confidence,
      evidence: [...lines(found), ...said(names), ...families.map(checkLine), ...indexLines(facts)],
      against: over4.map(checkLine),
      lever: null,
      suggestion: poolerAdvice(facts),
    };
  },
};

/** The database monitor speaks to the very host that the API fails to reach. */
const hostIs = (address: string | undefined, host: string | undefined): boolean => address !== undefined && address === host;

/** That this machine reaches the database is what fools people here. */
function indexLines(facts: Facts): EvidenceLine[] {
  return ofRole(facts.monitors, 'api-primary', 'database').filter(isUp).slice(0, 3).map(checkLine);
}

function poolerAdvice(facts: Facts): string {
  const known = evidenceOf(facts, 'connection').find(({ pooler }) => pooler !== null)?.pooler;
  const ref = evidenceOf(facts, 'connection').find((one) => one.ref !== null)?.ref;
  if (known) {
    const url = `postgresql://${known.user}:[password]@${known.host}:${known.port}/${known.database}`;
    return `Give the API the session pooler’s address, which has IPv4: ${url}`;
  }
  const user = ref ? `postgres.${ref}` : 'postgres.<project ref>';
  return `Give the API the session pooler’s address, which has IPv4: it stands in Supabase’s dashboard under Connect, on port 5432, with the user ${user}.`;
}

/** One rule per kind of words; the more places they stand in, the surer. */
function worded(
  id: string,
  pattern: RegExp,
  words: { readonly sentence: (facts: Facts) => string; readonly suggestion: (facts: Facts) => string },
  extra: (facts: Facts) => readonly EvidenceLine[] = () => [],
): Rule {
  return {
    id,
    judge(facts) {
      const found = cluesThat(facts, pattern);
      const more = extra(facts);
      if (found.length === 0) return null;
      const sides = witnesses(found) + Number(more.length > 0);
      return {
        sentence: words.sentence(facts),
        confidence: sides >= 2 ? 'high' : 'medium',
        evidence: [...lines(found), ...more],
        lever: null,
        suggestion: words.suggestion(facts),
      };
    },
  };
}

export const databaseUser: Rule = worded('database-wrong-user', wrongUser, {
  sentence: (facts) => `The database does not know the user that the API logs in with${mismatch(facts) ?? ''}.`,
  suggestion: (facts) => {
    const ref = evidenceOf(facts, 'connection').find((one) => one.ref !== null)?.ref;
    return `On Supabase’s pooler the user is postgres.${ref ?? '<project ref>'}, with the reference of the same project as the password’s.`;
  },
});

function mismatch(facts: Facts): string | null {
  const odd = evidenceOf(facts, 'connection').find(
    ({ user, ref }) => ref !== null && user.includes('.') && !user.endsWith(`.${ref}`),
  );
  return odd ? `: ${odd.user} is not of the project ${odd.ref}` : null;
}

export const databasePassword: Rule = worded(
  'database-wrong-password',
  wrongPassword,
  {
    sentence: () => 'The database refuses the password.',
    suggestion: () =>
      'Compare the password in the API’s settings with the database’s; after a reset every place that has it must get the new one.',
  },
  (facts) =>
    ofRole(failing(facts), 'database')
      .filter(({ last }) => last?.error?.code === 'auth')
      .map(checkLine),
);

export const databaseFull: Rule = worded('database-too-many-connections', tooMany, {
  sentence: () => 'The database takes no more connections: all that it allows are in use.',
  suggestion: () => 'Restart whatever holds them, then lower the size of the API’s pool, or let it use the transaction pooler.',
});

export const databaseDisk: Rule = worded('database-disk-full', diskFull, {
  sentence: () => 'The database cannot write: its disk is full, or it has been made read-only.',
  suggestion: () => 'Look at the disk’s size in the provider’s dashboard; a database is made read-only when it is nearly full.',
});

export const projectPaused: Rule = {
  id: 'database-paused',
  judge(facts) {
    const paused = evidenceOf(facts, 'project').filter(({ status }) =>
      /INACTIVE|PAUS|REMOVED|GOING_DOWN|RESTORING/i.test(status),
    );
    const hit = [...ofRole(failing(facts), 'database'), ...sufferers(facts)];
    const [first] = paused;
    if (!first || hit.length === 0) return null;
    return {
      sentence: `The Supabase project ${first.ref} is ${first.status.toLowerCase().replaceAll('_', ' ')}.`,
      confidence: 'high',
      evidence: [...said(paused), ...hit.slice(0, 3).map(checkLine)],
      lever: null,
      suggestion: 'Restore it in Supabase’s dashboard; projects on the free plan are paused after a week without use.',
    };
  },
};

const isPooler = (target: string): boolean => /pooler\./i.test(target);

/** One of two ways to the database is closed. */
export const oneWay: Rule = {
  id: 'database-one-way-closed',
  judge(facts) {
    const databases = ofRole(facts.monitors, 'database');
    const down = databases.filter(isDown);
    const up = databases.filter(isUp);
    const sickPooler = evidenceOf(facts, 'project').filter(({ services }) =>
      services.some(({ name, healthy }) => /pooler/i.test(name) && !healthy),
    );
    const poolerDown = down.some(({ target }) => isPooler(target)) && up.some(({ target }) => !isPooler(target));
    const directDown = down.some(({ target }) => !isPooler(target)) && up.some(({ target }) => isPooler(target));
    if (!poolerDown && !directDown && (sickPooler.length === 0 || up.length === 0 || sufferers(facts).length === 0)) return null;
    const closed = directDown ? 'direct address' : 'pooler';
    const open = directDown ? 'pooler' : 'direct address';
    return {
      sentence: `The database’s ${closed} does not work while its ${open} does.`,
      confidence: (poolerDown && sickPooler.length > 0) || (directDown && sufferers(facts).length > 0) ? 'high' : 'medium',
      evidence: [...[...down, ...up].map(checkLine), ...said(sickPooler)],
      lever: null,
      suggestion: `Let the API connect by the ${open} until the ${closed} is back.`,
    };
  },
};

export const databaseDown: Rule = {
  id: 'database-down',
  judge(facts) {
    const down = ofRole(failing(facts), 'database').filter(isDown);
    const [first] = down;
    if (!first) return null;
    const sick = evidenceOf(facts, 'project').filter(({ services }) =>
      services.some(({ name, healthy }) => /^(db|database|postgres)/i.test(name) && !healthy),
    );
    const found = cluesThat(facts, databaseWords);
    const others = sufferers(facts);
    const sides =
      Number(sick.length > 0) + Number(others.length > 0) + Number(witnesses(found.filter(({ from }) => from === 'log')) > 0);
    const healthy = evidenceOf(facts, 'project').filter((project) => !sick.includes(project) && project.services.length > 0);
    const verdict: Verdict = {
      sentence: `The database is down${others.length > 0 ? ', and the API fails with it' : ''}.`,
      confidence: sides >= 1 ? 'high' : 'medium',
      evidence: [...[...down, ...others].slice(0, 4).map(checkLine), ...said(sick), ...lines(found)],
      against: said(healthy),
      lever: null,
    };
    return healthy.length > 0 ? { ...verdict, confidence: lessSure(verdict.confidence) } : verdict;
  },
};

/** The general form: the server answers, what needs the database does not, and the words are a database's. */
export const unreachableFromApi: Rule = {
  id: 'database-unreachable-from-api',
  judge(facts) {
    const found = cluesThat(facts, databaseWords);
    const suffering = sufferers(facts);
    if (found.length === 0 || suffering.length === 0) return null;
    const index = ofRole(facts.monitors, 'api-primary').filter(isUp);
    const reached = ofRole(facts.monitors, 'database').filter(isUp);
    return {
      sentence: 'The API is up, but it cannot use its database.',
      confidence: index.length > 0 && witnesses(found) >= 2 ? 'high' : 'medium',
      evidence: [...lines(found), ...[...suffering, ...index].slice(0, 4).map(checkLine)],
      against: reached.map(checkLine),
      lever: null,
      suggestion:
        reached.length > 0
          ? 'This machine reaches the database: look at the way from the API to it, and at what it logs in with.'
          : null,
    };
  },
};
