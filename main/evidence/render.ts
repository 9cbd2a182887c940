// Render's side of an outage: what each service wrote around its start, and what was deployed.
import type { LogLine } from '../../shared/evidence.ts';
import type { Settings } from '../../shared/settings.ts';
import { makeRenderDeploys } from '../providers/render-deploys.ts';
import { type LogPage, makeRenderLogs, type RenderLogs, type RenderOwner } from '../providers/render-logs.ts';
import { type Asking, accountOf, nowOf, type Source } from './ports.ts';

type RenderSettings = NonNullable<Settings['providers']['render']>;

/** Services by id, once known: their owners do not change. */
export type KnownOwners = Map<string, RenderOwner>;

const beforeMs = 300_000;
const closeBeforeMs = 10_000;
const mostLines = 50;
const errorLevels = ['error', 'critical', 'fatal', 'alert', 'emergency'] as const;
/** For services whose lines have no level that says so. */
const looksBad = /error|exception|traceback|fatal|panic|unreachable|refused|timed? ?out|denied|fail|could not|cannot/i;

export function renderSources(render: RenderSettings, asking: Asking, owners: KnownOwners): readonly Source[] {
  const account = { apiUrl: render.apiUrl, ...accountOf(render.token, asking) };
  const logs = makeRenderLogs(account);
  const deploys = makeRenderDeploys(account);
  const ownerOf = async (id: string, signal: AbortSignal): Promise<RenderOwner> => {
    const owner = owners.get(id) ?? (await logs.owner(id, signal));
    owners.set(id, owner);
    return owner;
  };
  return render.services.flatMap((id): Source[] => {
    const log = `Render’s log of ${id}`;
    const list = `Render’s deploys of ${id}`;
    return [
      {
        name: log,
        async look({ openedAt }, tell, signal) {
          const { name, ownerId } = await ownerOf(id, signal);
          const window = { serviceId: id, ownerId, from: openedAt - beforeMs, to: asking.clock.now() + 1_000 };
          const lines = await linesAround(logs, openedAt, window, signal);
          tell([{ kind: 'log', source: log, at: nowOf(asking), provider: 'render', service: name, lines }]);
        },
      },
      {
        name: list,
        async look(_, tell, signal) {
          const found = [...(await deploys(id, signal))];
          const service = owners.get(id)?.name ?? id;
          tell([{ kind: 'deploys', source: list, at: nowOf(asking), provider: 'render', service, deploys: found }]);
        },
      },
    ];
  });
}

type Window = Parameters<RenderLogs['search']>[0];

/** Error lines nearest to the start, oldest first. */
async function linesAround(logs: RenderLogs, openedAt: number, window: Window, signal: AbortSignal): Promise<LogLine[]> {
  const errors = await reaching(logs, openedAt, { ...window, levels: errorLevels }, signal);
  if (errors.length > 0) return nearest(errors, openedAt);
  const all = await reaching(logs, openedAt, window, signal);
  return nearest(
    all.filter(({ text }) => looksBad.test(text)),
    openedAt,
  );
}

/** A service that was noisy before the outage fills the first page with what was before it. */
async function reaching(logs: RenderLogs, openedAt: number, window: Window, signal: AbortSignal): Promise<readonly LogLine[]> {
  const page: LogPage = await logs.search(window, signal);
  const last = Date.parse(page.lines.at(-1)?.at ?? '');
  if (!page.hasMore || !(last < openedAt)) return page.lines;
  return (await logs.search({ ...window, from: openedAt - closeBeforeMs }, signal)).lines;
}

function nearest(lines: readonly LogLine[], openedAt: number): LogLine[] {
  const time = ({ at }: LogLine): number => (at === null ? openedAt : Date.parse(at));
  return lines
    .toSorted((a, b) => Math.abs(time(a) - openedAt) - Math.abs(time(b) - openedAt))
    .slice(0, mostLines)
    .toSorted((a, b) => time(a) - time(b));
}
