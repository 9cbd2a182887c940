// Finds what a request is for: path templates as OpenAPI writes them, and a table of routes. Also the gate that every provider
// stand-in shares: what the published document rejects is noted and refused.
import type { Contract } from './contract.ts';
import type { Received, Reply } from './http.ts';

/** A request taken apart. `body` is parsed JSON; `undefined` when there is none or it is not JSON. */
export type Call = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
};

export type Route = {
  readonly method: string;
  /** As in `/v9/projects/{idOrName}`. */
  readonly template: string;
  run(call: Call): Reply;
};

/** The values of `template`'s parameters in `path`, or null when it is another path. */
export function matchTemplate(template: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== value) return null;
    if (name !== undefined && value === '') return null;
    if (name !== undefined) params[name] = decode(value);
  }
  return params;
}

/** The first route for `method` and `path`; put literal templates before those with a parameter in the same place. */
export function findRoute<R extends Route>(
  routes: readonly R[],
  method: string,
  path: string,
): { readonly route: R; readonly params: Readonly<Record<string, string>> } | null {
  for (const route of routes) {
    const params = route.method === method ? matchTemplate(route.template, path) : null;
    if (params) return { route, params };
  }
  return null;
}

export function addressOf(request: Received): URL {
  return new URL(request.path, 'http://stand-in');
}

export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Checks `request` against the document, notes what is wrong in `violations` and returns it; empty without a document. */
export function judgeRequest(contract: Contract | null, request: Received, violations: string[]): readonly string[] {
  if (!contract) return [];
  const { pathname, searchParams } = addressOf(request);
  const problems = contract.checkRequest(request.method, pathname, searchParams, request.headers, request.body);
  const sentences = problems.map(({ field, message }) => `${field}: ${message}`);
  violations.push(...sentences.map((sentence) => `${request.method} ${pathname}: ${sentence}`));
  return sentences;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
