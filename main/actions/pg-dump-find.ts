// Finds the pg_dump to use. A desktop app's PATH is the bare one of its session, so the places where installers put
// Postgres are searched as well. Knows no database: the server's major version is told to it.
import { posix, win32 } from 'node:path';
import { FaultError } from '../../shared/fault.ts';

/** A pg_dump on this machine that answered `--version`. */
export type PgDump = {
  readonly path: string;
  /** The pg_restore beside it, which reads what it writes; null when there is none. */
  readonly restore: string | null;
  /** "17.6". */
  readonly version: string;
  readonly major: number;
  /** Debian's pg_wrapper: a script that picks one of the others. */
  readonly isWrapper: boolean;
};

/** The world as the search sees it; a fake one in tests stands for every system. Nothing here rejects. */
export type Machine = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Names in a folder; none when it cannot be read. */
  list(folder: string): Promise<readonly string[]>;
  /** The file behind all links, when it can be executed; else null. */
  executable(path: string): Promise<string | null>;
  /** What `path --version` prints, or null when it does not within its time limit. */
  version(path: string): Promise<string | null>;
};

/** Folders to look in, `*` being any name. PATH comes first; the order decides between equals. */
function folders({ platform, env, home }: Machine): readonly string[] {
  // A relative folder in PATH means another program from another working directory: never.
  const isAbsolute = platform === 'win32' ? win32.isAbsolute : posix.isAbsolute;
  const path = (env.PATH ?? env.Path ?? '').split(platform === 'win32' ? ';' : ':').filter((folder) => isAbsolute(folder));
  if (platform === 'win32') {
    const programs = [env.ProgramFiles, env.ProgramW6432, env['ProgramFiles(x86)']].filter((one) => one !== undefined);
    return [
      ...path,
      ...programs.map((folder) => `${folder}\\PostgreSQL\\*\\bin`),
      `${home}\\scoop\\apps\\postgresql\\current\\bin`,
    ];
  }
  if (platform === 'darwin') {
    const brew = ['/opt/homebrew', '/usr/local'].flatMap((prefix) => [
      `${prefix}/bin`,
      `${prefix}/opt/libpq*/bin`,
      `${prefix}/opt/postgresql*/bin`,
      `${prefix}/Cellar/libpq/*/bin`,
      `${prefix}/Cellar/postgresql*/*/bin`,
    ]);
    const apps = ['/Applications', `${home}/Applications`].map((folder) => `${folder}/Postgres*.app/Contents/Versions/*/bin`);
    return [...path, ...brew, ...apps, '/opt/local/lib/postgresql*/bin', '/Library/PostgreSQL/*/bin', `${home}/.nix-profile/bin`];
  }
  return [
    ...path,
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/usr/lib64/pgsql/bin',
    '/usr/local/pgsql/bin',
    '/opt/postgresql/*/bin',
    '/home/linuxbrew/.linuxbrew/opt/libpq*/bin',
    '/home/linuxbrew/.linuxbrew/opt/postgresql*/bin',
    '/snap/bin',
    `${home}/.nix-profile/bin`,
    '/run/current-system/sw/bin',
    '/usr/local/bin',
    '/usr/bin',
  ];
}

/** Every different pg_dump of the machine that answers, in the order of the search. */
export async function findPgDumps(machine: Machine): Promise<readonly PgDump[]> {
  const real = new Map<string, string>();
  for (const pattern of folders(machine)) {
    for (const folder of await expand(pattern, machine)) {
      const path = pathOf(machine).join(folder, program('pg_dump', machine));
      const target = await machine.executable(path);
      if (target !== null && !real.has(target)) real.set(target, path);
    }
  }
  const found = await Promise.all([...real].map(([target, path]) => describe(path, target, machine)));
  return found.filter((one) => one !== null);
}

/** The pg_dump at `path`, as settings name it; null when it does not answer. */
export async function pgDumpAt(path: string, machine: Machine): Promise<PgDump | null> {
  const target = await machine.executable(path);
  return target === null ? null : describe(path, target, machine);
}

async function describe(path: string, target: string, machine: Machine): Promise<PgDump | null> {
  const parts = /\)\s+(\d+)(?:\.(\d+))?/.exec((await machine.version(path)) ?? '');
  if (!parts) return null;
  const restore = pathOf(machine).join(pathOf(machine).dirname(path), program('pg_restore', machine));
  return {
    path,
    restore: (await machine.executable(restore)) === null ? null : restore,
    version: parts[2] === undefined ? String(parts[1]) : `${parts[1]}.${parts[2]}`,
    major: Number(parts[1]),
    isWrapper: /pg_wrapper$/.test(target),
  };
}

/** The folders that a pattern with `*` in some of its parts stands for. */
async function expand(pattern: string, machine: Machine): Promise<readonly string[]> {
  const { sep } = pathOf(machine);
  const parts = pattern.split(sep);
  const star = parts.findIndex((part) => part.includes('*'));
  if (star < 0) return [pattern];
  const parent = parts.slice(0, star).join(sep) || sep;
  const [before = '', after = ''] = (parts[star] ?? '').split('*');
  const names = (await machine.list(parent)).filter((name) => name.startsWith(before) && name.endsWith(after));
  const deeper = names.map((name) => expand([...parts.slice(0, star), name, ...parts.slice(star + 1)].join(sep), machine));
  return (await Promise.all(deeper)).flat();
}

const pathOf = ({ platform }: Machine) => (platform === 'win32' ? win32 : posix);
const program = (name: string, { platform }: Machine): string => (platform === 'win32' ? `${name}.exe` : name);

/** The one to use for a server of this major version, or null. pg_dump refuses a server newer than itself. The server's own
 *  major is preferred, because what it writes goes back into the same server without settings that it does not know (17 writes
 *  `transaction_timeout`, which 15 refuses); otherwise the newest. A wrapper is used only when nothing else fits. */
export function choose(found: readonly PgDump[], serverMajor: number): PgDump | null {
  const fits = found.filter(({ major, restore }) => major >= serverMajor && restore !== null);
  const rank = ({ isWrapper, major, version }: PgDump): readonly number[] => [
    isWrapper ? 0 : 1,
    major === serverMajor ? 1 : 0,
    ...version.split('.').map(Number),
  ];
  return fits.reduce<PgDump | null>((best, one) => (best === null || isAbove(rank(one), rank(best)) ? one : best), null);
}

function isAbove(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== (b[index] ?? 0));
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

/** Why none of `found` can be used, and how to get one on this system. */
export function noPgDump(found: readonly PgDump[], serverMajor: number, platform: NodeJS.Platform): FaultError {
  const next = `${howToInstall(serverMajor, platform)} Or name the program in "dump.pgDump".`;
  const newest = found.reduce<PgDump | null>((best, one) => (best === null || one.major > best.major ? one : best), null);
  if (newest === null) {
    return new FaultError({ code: 'pg-dump-missing', message: 'pg_dump was not found on this machine.', next });
  }
  if (newest.major < serverMajor) {
    const list = found.map(({ version, path }) => `${version} in ${path}`).slice(0, 5);
    return new FaultError({
      code: 'pg-dump-too-old',
      message: `The server is Postgres ${serverMajor}, and pg_dump cannot read a server newer than itself; found ${list.join(', ')}.`,
      next,
    });
  }
  return new FaultError({
    code: 'pg-restore-missing',
    message: `There is no pg_restore beside ${newest.path}, and a dump is kept only after pg_restore has read it.`,
    next,
  });
}

function howToInstall(major: number, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return `Install it with "brew install postgresql@${major}" or "brew install libpq".`;
    case 'win32':
      return `Install it with "winget install PostgreSQL.PostgreSQL.${major}" or from enterprisedb.com.`;
    default:
      return `Install it with "apt install postgresql-client-${major}", "dnf install postgresql${major}" or your system's like; where it has none that new, postgresql.org/download does.`;
  }
}
