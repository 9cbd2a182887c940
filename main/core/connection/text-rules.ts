// What is wrong with the text itself, whatever it leads to: what stood around it, its scheme, its password's characters.

import { type Parts, shownDatabase, shownHost, shownUser, urlOf } from './parts.ts';
import type { Wrapping } from './paste.ts';
import { bad, ok, type Rule, type Verdict, warn } from './rule.ts';

const shape = 'postgresql://user:[password]@host:5432/database';

/** The answer to what is no connection URL at all. None of it is repeated: it may be a password. */
export function unreadable(kind: 'reference' | 'other-scheme' | 'empty' | 'unknown'): Verdict {
  switch (kind) {
    case 'empty':
      return bad('empty', { message: 'There is nothing in it.', next: `Paste the whole connection URL, as in ${shape}.` });
    case 'reference':
      return bad('reference', {
        message: 'This is the name of a variable or secret, not its value.',
        next: 'Paste the value, or examine a stored secret with: signalbox doctor <secret-name>',
      });
    case 'other-scheme':
      return bad('other-scheme', {
        message: 'This is the address of something else: its scheme is neither postgres:// nor postgresql://.',
        next: `Copy the connection string of the Postgres database, as in ${shape}.`,
      });
    case 'unknown':
      return bad('not-a-url', {
        message: 'This is not a Postgres connection URL.',
        next: `It looks like ${shape}; copy it whole from the provider’s page.`,
      });
  }
}

export function keywordForm(parts: Parts): Verdict {
  return warn('keyword-form', {
    message: 'This is libpq’s keyword form (host=… user=…); Signalbox and most applications want a URL.',
    next: 'Use the corrected URL.',
    corrected: urlOf(parts, parts.password === null ? null : '[password]'),
    fix: {},
  });
}

const around: Readonly<Record<Wrapping, { readonly level: 'bad' | 'warn'; readonly message: string; readonly next: string }>> = {
  newline: {
    level: 'warn',
    message: 'A line break stands at its end; many programs take it for part of the database’s name.',
    next: 'Store it without: printf %s, not echo.',
  },
  whitespace: { level: 'warn', message: 'Blanks stand around it.', next: 'Remove them.' },
  quotes: {
    level: 'bad',
    message: 'Quotes stand around it; outside a shell they become part of the URL.',
    next: 'Remove the quotes: hosting dashboards and secret stores take the bare value.',
  },
  command: {
    level: 'bad',
    message: 'A whole command was pasted; the URL is only the part that begins with postgres.',
    next: 'Keep the URL alone, without the program’s name and options.',
  },
  variable: {
    level: 'bad',
    message: 'A variable’s name and its equals sign or colon stand before it.',
    next: 'Keep only what comes after the name.',
  },
  extra: { level: 'bad', message: 'Other text stands around the URL, or its scheme is missing.', next: `Keep only ${shape}.` },
  'several-lines': {
    level: 'bad',
    message: 'More than one URL was pasted; only the first was examined.',
    next: 'Keep one; examine each by itself.',
  },
  'broken-line': {
    level: 'bad',
    message: 'A line break stands in the middle of it.',
    next: 'Make it one line.',
  },
  jdbc: {
    level: 'bad',
    message: 'This is a JDBC address; only Java reads those.',
    next: 'Use the corrected URL, with user and password before the host.',
  },
};

export function wrapped(wrapping: Wrapping): Verdict {
  const { level, message, next } = around[wrapping];
  return (level === 'bad' ? bad : warn)(wrapping, { message, next, fix: {} });
}

/** `@` as `%40`; a blank is told by name. */
const encodedAs = (character: string): string => {
  const code = `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return `${character === ' ' ? 'a blank' : character} as ${code}`;
};

/** A placeholder that somebody forgot to fill in. */
export function isPlaceholder(password: string): boolean {
  return (
    /^\[.*\]$|^<.*>$|^\{.*\}$|^\$\{?\w+\}?$|^[*•.x]{3,}$/i.test(password) ||
    /^(?:your[-_ ]?(?:db[-_ ]?|database[-_ ]?)?password(?:[-_ ]?here)?|password[-_ ]?here|changeme)$/i.test(password)
  );
}

const placeholder: Rule = ({ password }) =>
  password !== null && isPlaceholder(password)
    ? bad('placeholder', {
        message: 'Where the password belongs, a placeholder still stands.',
        next: 'Put the database’s password there; Supabase shows it only once, and lets you set a new one under Database, Settings.',
      })
    : null;

const passwordCharacters: Rule = ({ password, unencoded }) => {
  if (unencoded.length === 0 || (password !== null && isPlaceholder(password))) return null;
  const isHarmful = unencoded.some((character) => '@/#?% \\'.includes(character));
  const several = unencoded.length > 1;
  const list = unencoded.map((character) => (character === ' ' ? 'a blank' : character)).join('  ');
  const said = {
    message: `The password holds ${several ? 'characters that are' : 'a character that is'} not percent-encoded: ${list}`,
    next: `Write ${unencoded.map(encodedAs).join(', ')}, in the URL only; the password itself stays as it is.`,
    corrected: unencoded.map((character) => encodeCharacter(character)).join(' '),
    fix: {},
  };
  return isHarmful ? bad('password-encoding', said) : warn('password-encoding', said);
};

const encodeCharacter = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const userCharacters: Rule = ({ isUserUnencoded }) =>
  isUserUnencoded
    ? bad('user-encoding', {
        message: 'Before the password stands a character that does not belong there unencoded: one of @ / # ? or a blank.',
        next: 'Is there a colon between user and password? A user’s own @ is written %40.',
      })
    : null;

const passwordInQuery: Rule = ({ isPasswordInQuery }) =>
  isPasswordInQuery
    ? warn('password-in-query', {
        message: 'The password stands after the question mark, where logs and error messages do not hide it.',
        next: 'Put it between user and host.',
        fix: {},
      })
    : null;

const noPassword: Rule = ({ password, user }) =>
  password === null && user !== ''
    ? warn('no-password', {
        message: 'It holds no password.',
        next: 'Unless the server lets this user in without one, put it after the user, behind a colon.',
      })
    : null;

const noUser: Rule = ({ user }) =>
  user === ''
    ? bad('no-user', {
        message: 'It names no user; each program then takes another one, mostly the account it runs under.',
        next: 'Put user and password before the host, as in user:[password]@host.',
      })
    : null;

const driver: Rule = ({ driver: named, scheme }, { driver: wanted }) => {
  if (wanted === undefined) return driverUnasked(named, scheme);
  if (named === wanted) return null;
  const right = `postgresql${wanted === null ? '' : `+${wanted}`}://`;
  return bad(wanted === null ? 'driver-in-scheme' : named === null ? 'driver-missing' : 'other-driver', {
    message:
      wanted === null
        ? 'Its scheme names a driver, which only SQLAlchemy understands.'
        : named === null
          ? `Its scheme names no driver, and the application needs ${wanted}.`
          : `Its scheme names another driver than ${wanted}, which the application needs.`,
    next: `Begin it with ${right}`,
    corrected: right,
    fix: { driver: wanted, scheme: 'postgresql' },
  });
};

function driverUnasked(named: string | null, scheme: Parts['scheme']): Verdict {
  if (named !== null) {
    return warn('driver-in-scheme', {
      message: 'Its scheme names a driver: SQLAlchemy wants that, but psql, pg_dump and most other clients refuse it.',
      next: 'Right for a SQLAlchemy application; for everything else begin it with postgresql://',
      corrected: 'postgresql://',
    });
  }
  return ok(
    'driver-missing',
    scheme === 'postgres'
      ? 'Its scheme is postgres:// without a driver: right for psql, pg_dump and Signalbox. SQLAlchemy 1.4 and later refuses it and wants postgresql://, with the driver that the application names, as in postgresql+psycopg2://.'
      : 'Its scheme names no driver: right for psql, pg_dump and Signalbox. An application that names its driver wants it there, as in postgresql+psycopg2://.',
  );
}

const read: Rule = ({ host, port, database, user }) => {
  if (host === '' || user === '') return null;
  const named = database === null ? 'no database' : `database ${shownDatabase(database)}`;
  return ok('read-as', `Read as user ${shownUser(user)} at ${shownHost(host)}, port ${port ?? 5_432}, ${named}.`);
};

export const textRules: readonly Rule[] = [
  ...[placeholder, passwordCharacters, userCharacters, passwordInQuery, noPassword, noUser, driver, read],
];
