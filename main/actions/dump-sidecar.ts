// What stands beside a dump: `<file>.json` tells what it is and what was proven of it, `<file>.sha256` lets `sha256sum -c` check
// it without us. Holds no credential.
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';

/** Rows per table by "schema.table", as pg_restore counts or a restored database has them. */
const rowCounts = z.record(z.string().max(300), z.int().nonnegative());

export const sidecar = z.object({
  version: z.literal(1),
  /** Name of the dump, in the same folder. */
  file: z.string().min(1).max(300),
  bytes: z.int().nonnegative(),
  /** Of the file as it lies there, encrypted where it is encrypted; lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** When the dump was begun: its rows are those of that moment. */
  at: z.iso.datetime(),
  app: z.string().max(200),
  environment: z.string().max(100),
  mode: z.enum(['data-only', 'full']),
  schemas: z.array(z.string().max(200)).max(2_000),
  /** `rows` null: not counted. */
  tables: z
    .array(
      z.object({ schema: z.string().max(200), name: z.string().max(200), rows: z.int().nonnegative().nullable().default(null) }),
    )
    .max(1_000_000),
  serverVersion: z.string().max(100),
  pgDumpVersion: z.string().max(100),
  /** How the database was reached: `direct` or `pooler`. */
  route: z.string().max(200),
  /** age recipients (public keys), or null when it is not encrypted. */
  encryptedTo: z.array(z.string().max(4_000)).max(100).nullable(),
  /** When it was last restored and compared. */
  verifiedAt: z.iso.datetime().nullable().default(null),
  /** What that restore counted. */
  rowCounts: rowCounts.nullable().default(null),
  /** What the last verification found wrong with the file itself. */
  damage: z.string().max(500).optional(),
});
export type Sidecar = z.infer<typeof sidecar>;

export const sidecarOf = (dump: string): string => `${dump}.json`;
export const checksumOf = (dump: string): string => `${dump}.sha256`;

/** Writes both files beside the dump at `path`: 0600, whole or not at all, on disk when it returns. */
export async function writeSidecar(path: string, value: Sidecar): Promise<void> {
  await writeWhole(checksumOf(path), `${value.sha256}  ${basename(path)}\n`);
  await writeWhole(sidecarOf(path), `${JSON.stringify(sidecar.parse(value), null, 2)}\n`);
}

/** The sidecar of the dump at `path`; null when there is none; a sentence when it cannot be used. */
export async function readSidecar(path: string): Promise<Sidecar | null | { readonly problem: string }> {
  let text: string;
  try {
    text = await readFile(sidecarOf(path), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    return { problem: 'Its description cannot be read.' };
  }
  try {
    const read = sidecar.safeParse(JSON.parse(text));
    if (!read.success) return { problem: 'Its description is damaged or of a newer Signalbox.' };
    if (read.data.file !== basename(path)) return { problem: `Its description is that of ${read.data.file}.` };
    return read.data;
  } catch {
    return { problem: 'Its description is damaged.' };
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  const file = await open(partial, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
  await syncFolder(dirname(path));
}

/** Makes a rename last through a power cut. Windows has no such thing and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
