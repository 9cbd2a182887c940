// Serves the built page over app://signalbox/ and nothing else: no file:// and no way out of the renderer's folder
// (SECURITY S-07, S-18). Every refusal is a plain 404, so that a page learns nothing about the disk.
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { contentTypes, contentSecurityPolicy as policyWith } from '../../shared/page.ts';
import { isOurs, scheme } from './address.ts';
import type { ProtocolPart } from './parts.ts';

/** The policy of a page whose only pipe is the preload's. */
export const contentSecurityPolicy = policyWith("'none'");

/** Must run before the app is ready. Neither fetch, service workers nor a way around the CSP are asked for. */
export function registerScheme(protocol: ProtocolPart): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
}

/** Serves `folder` (the built page) from now on. */
export function serveFolder(protocol: ProtocolPart, folder: string): void {
  protocol.handle(scheme, (request) => respond(folder, request));
}

/** The answer to one request of the page. */
export async function respond(folder: string, request: Pick<Request, 'url' | 'method'>): Promise<Response> {
  const file = request.method === 'GET' ? await fileFor(folder, request.url) : null;
  if (file === null) return answer(404, 'text/plain; charset=utf-8', 'Not found');
  const type = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
  return answer(200, type, await readFile(file));
}

function answer(status: number, type: string, body: string | Buffer<ArrayBuffer>): Response {
  return new Response(body, {
    status,
    headers: {
      'Content-Type': type,
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
    },
  });
}

/** The regular file inside `folder` that `address` names, or null. */
async function fileFor(folder: string, address: string): Promise<string | null> {
  if (!isOurs(address)) return null;
  const path = decoded(new URL(address).pathname);
  // A backslash separates folders on Windows; no file of ours has one in its name.
  if (path === null || /[\0\\]/.test(path)) return null;
  try {
    const root = await realpath(folder);
    const file = resolve(root, `.${path === '/' ? '/index.html' : path}`);
    if (!file.startsWith(root + sep)) return null;
    // Inside a real folder a path that is not its own real path went through a symbolic link.
    if ((await realpath(file)) !== file || !(await stat(file)).isFile()) return null;
    return file;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP' || code === 'EINVAL';
}
