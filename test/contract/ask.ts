// Asks a stand-in as a client would and holds each answer against the published document. The documents and samples are shared
// beside the checkout and may be absent elsewhere: then only the stand-ins' own behaviour is tested, and a warning says so.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Contract, type ContractName, loadContract } from '../../simulator/contract.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came.
  readonly body: any;
};

export type Ask = (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** `faults` collects every answer that the document does not allow. */
export function asker(base: string, authorization: string, contract: Contract | null): { ask: Ask; faults: string[] } {
  const faults: string[] = [];
  return {
    faults,
    async ask(method, path, body, headers = {}) {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { pathname } = new URL(path, base);
      for (const problem of contract?.checkResponse(method, pathname, response.status, text) ?? [])
        faults.push(`${method} ${pathname} ${response.status}: ${problem.field} ${problem.message}`);
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
    },
  };
}

const warned = new Set<ContractName>();

/** The contract, or null with a loud reason, once. */
export function contractOr(name: ContractName): Contract | null {
  const contract = loadContract(name);
  if (contract || warned.has(name)) return contract;
  warned.add(name);
  console.warn(`SKIPPED: ../shared/providers/specs is absent, so ${name} is not held against its document.`);
  return null;
}

const folder = new URL('../../../shared/providers/samples/', import.meta.url);
export const samplesAbsent = !existsSync(folder);
if (samplesAbsent) console.warn('SKIPPED: ../shared/providers/samples is absent, so no stand-in is compared with it.');

export function sample(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

export function sampleNames(provider: string): readonly string[] {
  return samplesAbsent ? [] : readdirSync(new URL(`${provider}/`, folder)).map((name) => `${provider}/${name}`);
}

/** What the document says against a sample, besides fields that it lacks: the samples are composed of the telling ones. */
export function objections(contract: Contract | null, method: string, path: string, status: number, name: string): string[] {
  const found = contract?.checkResponse(method, path, status, JSON.stringify(sample(name))) ?? [];
  return found.filter(({ rule }) => rule !== 'required').map(({ field, message }) => `${name}: ${field} ${message}`);
}

/** Every key path of `sample` that `value` lacks or has with another type; null may stand for anything. */
export function missingFrom(value: unknown, expected: unknown, at = ''): string[] {
  if (expected === null || value === null) return [];
  if (Array.isArray(expected)) {
    if (!Array.isArray(value)) return [at];
    return expected.length > 0 && value.length > 0 ? missingFrom(value[0], expected[0], `${at}[0]`) : [];
  }
  if (typeof expected !== 'object') return typeof value === typeof expected ? [] : [at];
  if (typeof value !== 'object') return [at];
  const has = value as Readonly<Record<string, unknown>>;
  return Object.entries(expected).flatMap(([key, part]) =>
    key in has ? missingFrom(has[key], part, `${at}.${key}`) : [`${at}.${key}`],
  );
}
