// What an HTTP answer must look like, compiled once per monitor. Judges an answer; never fetches one.
import { isDeepStrictEqual } from 'node:util';
import { compile, type JSONPathQuery } from 'json-p3';
import { z } from 'zod';
import { plainText } from '../../shared/redact.ts';
import { down, type Failure } from './failure.ts';
import type { HttpAnswer } from './http-request.ts';

const statusRange = z
  .string()
  .regex(/^[1-5]\d\d-[1-5]\d\d$/, 'write a range such as "200-299"')
  .refine((range) => range.slice(0, 3) <= range.slice(4), 'the range ends before it begins');

const jsonPath = z
  .string()
  .max(500)
  .refine(compiles, 'is not a JSON path (RFC 9535), such as "$.data.branch"')
  .describe('JSON path (RFC 9535), such as $.data.branch.');

const jsonExpectation = z
  .strictObject({
    path: jsonPath,
    equals: z.json().optional().describe('The value that one of the matches must have.'),
    exists: z.boolean().optional().describe('true: something must be there; false: nothing may be.'),
  })
  .refine((item) => (item.equals === undefined) !== (item.exists === undefined), 'give exactly one of "equals" and "exists"');

/** A redirect is not a success by default: unfollowed, it proves only that some proxy answered. */
export const expectSchema = z.strictObject({
  status: z
    .array(z.union([z.int().min(100).max(599), statusRange]))
    .min(1)
    .max(50)
    .default(['200-299'])
    .describe('Status codes and ranges that count as up. A redirect counts only when it is named here or followed.'),
  json: z.array(jsonExpectation).max(50).default([]).describe('What the JSON answer must hold.'),
  text: z.string().min(1).max(1_000).optional().describe('Text that the answer must contain.'),
});
export type Expectations = z.infer<typeof expectSchema>;

/** Judges an answer of `host`; null when it is as it should be. */
export type Judge = (answer: HttpAnswer, host: string) => Failure | null;

/** `credentialed`: the request logs in, so that 401 and 403 say something about the login. */
export function compileExpectations(expect: Expectations, credentialed: boolean): Judge {
  const ranges = expect.status.map(toRange);
  const paths = expect.json.map((item) => ({ ...item, query: compile(item.path) }));
  const { text } = expect;
  return (answer, host) => {
    if (!ranges.some(([low, high]) => answer.status >= low && answer.status <= high)) {
      return statusFailure(answer, host, expect, credentialed);
    }
    if (paths.length === 0 && text === undefined) return null;
    const encoding = answer.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      return assertion(`${host} sent a ${plainText(encoding, 20)}-compressed answer although it was asked not to.`);
    }
    const body = answer.body.toString('utf8');
    return missingText(text, body, answer, host) ?? wrongJson(paths, body, answer, host);
  };
}

function toRange(item: number | string): readonly [number, number] {
  return typeof item === 'number' ? [item, item] : [Number(item.slice(0, 3)), Number(item.slice(4))];
}

function assertion(message: string): Failure {
  return down('assertion', message);
}

// 429 counts as down, not as unknown: a server that turns away one probe in half a minute turns its users away as well.
function statusFailure(answer: HttpAnswer, host: string, expect: Expectations, credentialed: boolean): Failure {
  const { status } = answer;
  const said = `${host} answered ${status}${answer.statusText ? ` ${plainText(answer.statusText, 60)}` : ''}`;
  if (status === 429) return down('rate-limited', `${said}: it is asked more often than it allows.`);
  if (credentialed && (status === 401 || status === 403)) {
    return down('auth', `${said}: it does not accept the credentials of this check.`);
  }
  const location = answer.headers.location;
  if (status >= 300 && status < 400 && location) {
    return down('http-status', `${said} and points to ${plainText(location, 200)}; set "followRedirects" or expect this status.`);
  }
  return down('http-status', `${said}; expected ${expect.status.join(', ')}.`);
}

function missingText(text: string | undefined, body: string, answer: HttpAnswer, host: string): Failure | null {
  if (text === undefined || body.includes(text)) return null;
  const where = answer.truncated ? ` in its first ${Math.round(answer.body.length / 1_024)} KiB` : '';
  return assertion(`${host} answered ${answer.status} without the expected text "${plainText(text, 100)}"${where}.`);
}

type CompiledPath = Expectations['json'][number] & { readonly query: JSONPathQuery };

function wrongJson(paths: readonly CompiledPath[], body: string, answer: HttpAnswer, host: string): Failure | null {
  if (paths.length === 0) return null;
  if (answer.truncated)
    return assertion(`${host} sent more JSON than the ${Math.round(answer.body.length / 1_024)} KiB that are read.`);
  let value: unknown;
  try {
    // A byte order mark is not JSON, but some servers send it.
    value = JSON.parse(body.replace(/^\uFEFF/, ''));
  } catch {
    return assertion(`${host} did not answer with JSON but with "${plainText(body, 60)}".`);
  }
  for (const item of paths) {
    const failure = wrongValue(item, value, host);
    if (failure) return failure;
  }
  return null;
}

function wrongValue(item: CompiledPath, value: unknown, host: string): Failure | null {
  const found = matches(item.query, value);
  if (item.exists !== undefined) {
    if (found.length > 0 === item.exists) return null;
    return assertion(`${host}: ${item.path} ${item.exists ? 'is missing' : 'is there, and should not be'}.`);
  }
  if (found.some((one) => isDeepStrictEqual(one, item.equals))) return null;
  const actual = found.length === 0 ? 'is missing' : `is ${shown(found[0])}`;
  return assertion(`${host}: ${item.path} ${actual}, expected ${shown(item.equals)}.`);
}

// A hostile or strange document may exceed the library's recursion limit; then nothing was found in it.
function matches(query: JSONPathQuery, value: unknown): unknown[] {
  try {
    return query.query(value as Parameters<JSONPathQuery['query']>[0]).values();
  } catch {
    return [];
  }
}

function shown(value: unknown): string {
  return plainText(JSON.stringify(value) ?? 'nothing', 100);
}

function compiles(path: string): boolean {
  try {
    compile(path);
    return true;
  } catch {
    return false;
  }
}
