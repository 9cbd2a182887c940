// What is wrong with where a URL leads and as whom, as far as its text and the settings tell (providers/README, section 4.1).
import { isHost, shownDatabase, shownHost, shownUser } from './parts.ts';
import {
  directRef,
  isNeonPooler,
  isPublic,
  isSupabasePooler,
  modeOf,
  refInUser,
  refOf,
  sessionPort,
  transactionPort,
} from './places.ts';
import { bad, type Rule, warn } from './rule.ts';

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

const host: Rule = ({ host: name, hosts, isPortUnreadable, user }) => {
  if (name === '' || name.startsWith('/') || name.startsWith('@')) {
    return bad('unix-socket', {
      message: 'It names no host, or a Unix socket: programs on this machine alone can use it.',
      next: 'Name the database’s host, as in user:[password]@host:5432/database.',
    });
  }
  if (isPortUnreadable && user === '') {
    return bad('no-host', {
      message: 'User and password seem to be there, but no @ and no host after them.',
      next: 'It goes on like this: user:[password]@host:5432/database. An @ must stand before the host.',
    });
  }
  if (!isHost(name)) {
    return bad('bad-host', {
      message: 'What stands where the host belongs is not the name of one.',
      next: 'Look at the characters @ / # ? : in the password: each must be percent-encoded.',
    });
  }
  if (hosts > 1) {
    return bad('several-hosts', {
      message: `It names ${hosts} hosts; Signalbox examines and watches one at a time, and many drivers take only one.`,
      next: 'Make a URL of each, and a monitor of each.',
      fix: { hosts: 1 },
    });
  }
  return null;
};

const port: Rule = ({ isPortUnreadable, user }) =>
  isPortUnreadable && user !== ''
    ? bad('bad-port', {
        message: 'Its port is not a number from 1 to 65535.',
        next: 'Postgres listens on 5432, unless the provider says otherwise.',
        corrected: ':5432',
        fix: { port: sessionPort, isPortUnreadable: false },
      })
    : null;

const transaction: Rule = (parts) => {
  if (modeOf(parts) !== 'transaction pooler') return null;
  const why =
    'hands out single transactions: pg_dump, migrations, LISTEN, session settings and prepared statements fail through it.';
  if (isNeonPooler(parts.host)) {
    const direct = parts.host.replace(/-pooler\./, '.');
    return bad('transaction-pooler', {
      message: `${parts.host} is a transaction pooler, which ${why}`,
      next: `Where a session is needed, use ${direct}.`,
      corrected: direct,
      fix: { host: direct },
    });
  }
  const isSupabase = isSupabasePooler(parts.host) || directRef(parts.host) !== null;
  return (isSupabase ? bad : warn)('transaction-pooler', {
    message: `Port ${transactionPort} is ${isSupabase ? 'Supabase’s' : 'usually a'} transaction pooler, which ${why}`,
    next: `Use port ${sessionPort} of the same host, where sessions are. Only short-lived serverless functions are better off with ${transactionPort}.`,
    corrected: `:${sessionPort}`,
    fix: { port: sessionPort },
  });
};

const poolerUser: Rule = ({ host: name, user, parameters }, { ref, pooler }) => {
  if (!isSupabasePooler(name) || user === '' || refInUser(user) !== null) return null;
  if (/(?:reference|project)=/.test(parameters.get('options') ?? '')) return null;
  const right = pooler?.host === name ? pooler.user : `${/^[\w$-]+$/.test(user) ? user : 'postgres'}.${ref ?? '[project ref]'}`;
  return bad('pooler-user-without-project', {
    message: `The user ${shownUser(user)} names no project, and the pooler serves many: it answers “Tenant or user not found”.`,
    next: `Write the user as ${right}${ref ? '' : '; the project ref stands in the address of the Supabase dashboard'}.`,
    corrected: right,
    ...(right.includes('[') ? {} : { fix: { user: right } }),
  });
};

const directUser: Rule = ({ host: name, user }) => {
  const own = directRef(name);
  if (own === null || !user.includes('.')) return null;
  const other = refInUser(user);
  const right = user.split('.')[0] || 'postgres';
  return bad(other !== null && other !== own ? 'user-of-other-project' : 'pooler-user-on-direct-host', {
    message:
      other !== null && other !== own
        ? `The user belongs to the project ${other}, and the host to ${own}.`
        : `The user ${shownUser(user)} is for the pooler; the database’s own host knows only ${shownUser(right)}.`,
    next: `With this host the user is ${shownUser(right)}; ${other !== null && other !== own ? 'check whose password and host are meant.' : 'the project is in the host’s name.'}`,
    corrected: shownUser(right),
    fix: { user: right },
  });
};

const project: Rule = (parts, { ref, pooler }) => {
  const named = refOf(parts);
  if (!ref || named === null || named === ref.toLowerCase()) return null;
  const isByUser = isSupabasePooler(parts.host);
  const right = isByUser ? `${parts.user.split('.')[0]}.${ref}` : `db.${ref}.supabase.co`;
  const knownPooler = isByUser && pooler ? { host: pooler.host, user: pooler.user } : {};
  return bad('other-project', {
    message: `${isByUser ? 'The user' : 'The host'} belongs to the Supabase project ${named}, and the settings name ${ref}.`,
    next: `For ${ref} it is ${right}, with that project’s password. If ${named} is meant, the settings of this environment name the wrong project.`,
    corrected: right,
    fix: isByUser ? { user: right, ...knownPooler } : { host: right },
  });
};

const poolerHost: Rule = (parts, { pooler, ref }) => {
  if (!pooler || !isSupabasePooler(parts.host) || parts.host.toLowerCase() === pooler.host.toLowerCase()) return null;
  if (ref && refInUser(parts.user) !== null && refInUser(parts.user) !== ref.toLowerCase()) return null;
  return bad('other-pooler', {
    message: `${shownHost(parts.host)} is not this project’s pooler: each project is served by that of its own region.`,
    next: `Supabase names ${pooler.host} for it.`,
    corrected: pooler.host,
    fix: { host: pooler.host },
  });
};

const database: Rule = ({ database: name, host: place, user }) => {
  if (name !== null && shownDatabase(name) !== name) {
    return warn('odd-database', {
      message: 'The name of the database holds unusual characters.',
      next: 'Is part of the password, or of another line, in its place?',
    });
  }
  if (name !== null || user === '') return null;
  const isSupabase = directRef(place) !== null || isSupabasePooler(place);
  const said = {
    message: `It names no database, so most programs look for one called like the user, ${shownUser(user)}.`,
    next: `Put the database’s name after host and port${isSupabase ? ': /postgres' : ', behind a slash'}.`,
    corrected: isSupabase || user === 'postgres' ? '/postgres' : '/[database]',
  };
  const fix = isSupabase || user === 'postgres' ? { fix: { database: 'postgres' } } : {};
  // The one name that is right by luck.
  return user === 'postgres' && !isSupabase ? warn('no-database', { ...said, ...fix }) : bad('no-database', { ...said, ...fix });
};

const sslMode: Rule = ({ host: place, parameters }) => {
  const mode = parameters.get('sslmode')?.toLowerCase();
  const isSafe = !isPublic(place);
  if (mode === undefined || (isSafe && sslModes.includes(mode))) return null;
  const require = { corrected: 'sslmode=require', fix: { parameters: new Map([...parameters, ['sslmode', 'require']]) } };
  if (mode === 'no-verify') {
    return warn('sslmode', {
      ...{ message: 'sslmode=no-verify is known to Node’s driver only; psql and pg_dump refuse it.', ...require },
      next: 'Write sslmode=require, which means the same to them.',
    });
  }
  if (!sslModes.includes(mode)) {
    return bad('sslmode', {
      ...{ message: 'Its sslmode is none that libpq knows.', ...require },
      next: `One of ${sslModes.join(', ')}; over the internet require at least.`,
    });
  }
  if (mode === 'disable') {
    return bad('sslmode', {
      message: 'sslmode=disable sends password and data over the internet in plain text.',
      next: 'Write sslmode=require.',
      ...require,
    });
  }
  if (mode === 'allow' || mode === 'prefer') {
    return warn('sslmode', {
      message: `sslmode=${mode} lets anybody on the way switch encryption off.`,
      next: 'Write sslmode=require.',
      ...require,
    });
  }
  return parameters.has('sslrootcert') || mode === 'require' ? null : withoutRoot(mode, place);
};

function withoutRoot(mode: string, place: string): ReturnType<Rule> {
  const isSupabase = directRef(place) !== null || isSupabasePooler(place);
  return warn('sslmode', {
    message: `sslmode=${mode} needs the authority’s certificate, and the URL names none: psql and pg_dump then look for ~/.postgresql/root.crt and fail without it.`,
    next: isSupabase
      ? 'Download Supabase’s certificate (Database, Settings, SSL) and add sslrootcert=<its file>, or write sslmode=require.'
      : 'Add sslrootcert=<file>, sslrootcert=system for a publicly trusted certificate, or write sslmode=require.',
  });
}

export const placeRules: readonly Rule[] = [
  ...[host, port, transaction, poolerUser, directUser, project, poolerHost, database, sslMode],
];
