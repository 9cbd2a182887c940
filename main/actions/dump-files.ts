// The dumps in a folder: which there are, which may go, which must stay. Reads names, sizes and sidecars; hashes nothing. The
// folder may hold anything else, as a synced one does: what has no sidecar of ours is never deleted by retention.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '../../shared/fault.ts';
import type { DumpFile } from '../../shared/lever.ts';
import { checksumOf, readSidecar, sidecarOf, syncFolder } from './dump-sidecar.ts';

/** pg_dump's custom format as we name it, and what other tools call it; `.age` behind it when encrypted. */
const looksLikeDump = /\.(?:dump|pgdump|backup|custom)(?:\.age)?$/i;
/** What a dump, an encryption or a sidecar of ours under way is called (dump-name.ts); other programs have partial files too. */
const ourPartial = /^\d{14}_[A-Z0-9-]+_(?:full|data_only)(?:-\d+)?\.dump(?:\.age)?(?:\.json|\.sha256)?\.partial$/;
const leftoverAgeMs = 24 * 3_600_000;
/** Files looked at together; a folder on a network drive answers slowly. */
const together = 16;

/** The dumps of a folder, newest first; none when there is no such folder. Files without a sidecar that look like dumps are
 *  listed with nulls. Throws FaultError when the folder cannot be read. */
export async function listDumps(directory: string): Promise<readonly DumpFile[]> {
  const names = (await namesIn(directory)).filter((name) => looksLikeDump.test(name));
  const found: DumpFile[] = [];
  for (let first = 0; first < names.length; first += together) {
    const portion = await Promise.all(names.slice(first, first + together).map((name) => look(directory, name)));
    found.push(...portion.flatMap(({ file }) => file ?? []));
  }
  return found.sort((a, b) => b.at.localeCompare(a.at) || b.name.localeCompare(a.name));
}

/** Deletes a dump with what stands beside it. Whether the last good one may go is for the person to say who asks for it.
 *  Throws FaultError when `name` is no dump in the folder. */
export async function deleteDump(directory: string, name: string): Promise<void> {
  const { file } = isPlainName(name) && looksLikeDump.test(name) ? await look(directory, name) : { file: null };
  if (file === null) {
    throw new FaultError({
      code: 'no-such-dump',
      message: `There is no dump "${name.slice(0, 200)}" in ${directory}.`,
      next: '"signalbox dump list" shows the names.',
    });
  }
  await remove(directory, name);
}

/** Deletes what is more than `keep` good dumps of the same app and environment as `justMade`, a name in the folder, and what dead
 *  runs left behind a day ago. Never `justMade`, never a file without a sidecar of ours or one that differs from it. Returns the
 *  names of the dumps that are gone; nothing goes while `justMade` is not good itself. */
export async function applyRetention(directory: string, keep: number, justMade: string): Promise<readonly string[]> {
  const names = (await namesIn(directory)).filter((name) => looksLikeDump.test(name));
  const looked = await Promise.all(names.map((name) => look(directory, name)));
  const good = looked.flatMap((one) =>
    one.file && one.line !== null && one.file.problem === null ? [{ ...one.file, line: one.line }] : [],
  );
  const newest = good.find(({ name }) => name === justMade);
  if (newest === undefined) return [];
  const others = good
    .filter(({ name, line }) => name !== justMade && line === newest.line)
    .sort((a, b) => b.at.localeCompare(a.at) || b.name.localeCompare(a.name));
  const gone = others.slice(Math.max(0, keep - 1)).map(({ name }) => name);
  for (const name of gone) await remove(directory, name);
  await removeLeftovers(directory, Date.now() - leftoverAgeMs);
  return gone;
}

/** A dump under way writes all the time, so what nobody wrote to for a day is nobody's. */
async function removeLeftovers(directory: string, before: number): Promise<void> {
  for (const name of await namesIn(directory)) {
    if (!ourPartial.test(name)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() && found.mtimeMs < before) await rm(path, { force: true });
  }
}

// The dump goes first: a sidecar alone is a small untidiness, a dump alone would never be recognised as ours again.
async function remove(directory: string, name: string): Promise<void> {
  const path = join(directory, name);
  try {
    await rm(path);
    await rm(checksumOf(path), { force: true });
    await rm(sidecarOf(path), { force: true });
    await syncFolder(directory);
  } catch (error) {
    throw new FaultError({
      code: 'cannot-delete',
      message: `The dump ${name} could not be deleted (${codeOf(error)}).`,
      next: 'Look at the permissions of the folder, or delete the file by hand.',
      cause: error,
    });
  }
}

type Looked = {
  readonly file: DumpFile | null;
  /** App and environment, which share the folder's retention; null without a usable sidecar. */
  readonly line: string | null;
};

async function look(directory: string, name: string): Promise<Looked> {
  const path = join(directory, name);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return { file: null, line: null };
  const plain = { name, path, bytes: found.size, encrypted: /\.age$/i.test(name) };
  const beside = await readSidecar(path);
  if (beside === null || 'problem' in beside) {
    const at = new Date(found.mtimeMs).toISOString();
    const unknown = { at, sha256: null, tables: null, mode: null, verifiedAt: null };
    return { file: { ...plain, ...unknown, problem: beside?.problem ?? null }, line: null };
  }
  const { at, sha256, tables, mode, verifiedAt, bytes, app, environment } = beside;
  const changed = `It has ${found.size} bytes, and ${bytes} when it was made: it is damaged or still being copied.`;
  const problem = bytes === found.size ? (beside.damage ?? null) : changed;
  return {
    file: { ...plain, at, sha256, tables: tables.length, mode, verifiedAt, problem },
    line: JSON.stringify([app, environment]),
  };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new FaultError({
      code: 'cannot-read-folder',
      message: `The folder of the dumps, ${directory}, cannot be read (${codeOf(error)}).`,
      next: 'Correct "dump.directory" or the permissions of the folder.',
      cause: error,
    });
  }
}

/** A name, not a way to somewhere else on any system. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\:\0]/.test(name);
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : String(error));
