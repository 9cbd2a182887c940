// The log search of the Render stand-in: filters, direction and paging over lines that somebody else writes.
import { json, type Reply } from './http.ts';

export type LogLine = {
  /** Epoch milliseconds. */
  readonly at: number;
  /** As in `info` or `error`. */
  readonly level: string;
  readonly message: string;
  /** `app` when absent; also `request` and `build`. */
  readonly type?: string;
  /** The service's id; the first service's when absent. */
  readonly service?: string;
};

const hour = 3_600_000;

/** Answers `GET /v1/logs` out of `lines`; ownership is the caller's to check. The window includes its start, not its end. */
export function searchLogs(lines: readonly Required<LogLine>[], query: URLSearchParams, now: number): Reply {
  const start = moment(query.get('startTime'), now - hour);
  const end = moment(query.get('endTime'), now + 1);
  const limit = Number(query.get('limit') ?? 20);
  const forward = query.get('direction') === 'forward';
  if (Number.isNaN(start) || Number.isNaN(end)) return json(400, { message: 'startTime and endTime must be ISO 8601 times' });
  const found = lines
    .filter((line) => line.at >= start && line.at < end && query.getAll('resource').includes(line.service))
    .filter((line) => matches(query.getAll('level'), line.level) && matches(query.getAll('type'), line.type))
    .filter((line) => matchesWithin(query.getAll('text'), line.message))
    .sort((a, b) => (forward ? a.at - b.at : b.at - a.at));
  const page = found.slice(0, limit);
  const last = page.at(-1)?.at ?? (forward ? end : start);
  return json(200, {
    hasMore: found.length > page.length,
    // The window of what is left in the direction of reading.
    nextStartTime: iso(forward ? last + 1 : start),
    nextEndTime: iso(forward ? end : last),
    logs: page.map(shown),
  });
}

function shown(line: Required<LogLine>): object {
  const labels = { resource: line.service, level: line.level, type: line.type };
  return {
    id: `log-${line.at}-${line.message.length}`,
    message: line.message,
    timestamp: iso(line.at),
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
  };
}

function matches(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.some((one) => pattern(one, '^', '$').test(value));
}

function matchesWithin(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.some((one) => pattern(one, '', '').test(value));
}

/** `*` stands for anything; `/…/` is a regular expression (api-docs.render.com, List logs). */
function pattern(text: string, before: string, after: string): RegExp {
  const expression = /^\/(.+)\/$/.exec(text)?.[1];
  if (expression !== undefined) return new RegExp(expression);
  return new RegExp(before + text.split('*').map(literal).join('.*') + after, 'i');
}

function literal(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

function moment(value: string | null, otherwise: number): number {
  return value === null ? otherwise : Date.parse(value);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
