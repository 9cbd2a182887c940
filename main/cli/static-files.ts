// The built window's files, and nothing beside them: a path that leaves the folder, hides, or goes through a symbolic link
// out of it is not found (SECURITY S-18, S-44). Knows nothing of who asks.
import { readFile, realpath } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentTypes } from '../../shared/page.ts';

/** Same depth from main/cli/ (unbuilt) and from dist/cli/ (built). */
export const builtWindow: string = fileURLToPath(new URL('../../dist/renderer', import.meta.url));

export type StaticFile = { readonly type: string; readonly body: Buffer };

/** The file for a request target such as `/assets/index.js?v=1`, or null. Kinds of file that the window does not use are null. */
export async function findFile(root: string, target: string): Promise<StaticFile | null> {
  const path = inside(root, target);
  const type = path === null ? undefined : contentTypes[extname(path)];
  if (path === null || type === undefined) return null;
  try {
    const [realRoot, real] = await Promise.all([realpath(root), realpath(path)]);
    if (!real.startsWith(realRoot + sep)) return null;
    return { type, body: await readFile(real) };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** The path that a request target names inside `root`; null when it names none there. */
export function inside(root: string, target: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(target.split(/[?#]/, 1)[0] ?? '');
  } catch {
    // A malformed escape such as `%zz` names no file.
    return null;
  }
  if (!decoded.startsWith('/') || /[\0\\:]/.test(decoded)) return null;
  if (decoded.split('/').some((part) => part.startsWith('.'))) return null;
  const path = resolve(root, `.${decoded === '/' ? '/index.html' : decoded}`);
  return path.startsWith(resolve(root) + sep) ? path : null;
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP';
}
