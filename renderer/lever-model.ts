// What each lever says about where it stands and what one click will do. Pure; parts/*-lever.tsx show it.
import type { LeversView } from '../shared/lever.ts';
import type { Run, RunAction } from '../shared/run.ts';
import type { BannerView, TrafficView } from '../shared/snapshot.ts';
import { ago, byteSize, moment, roughly } from '../shared/words.ts';

export type LeverName = 'banner' | 'traffic' | 'dump';

/** `normal` leans away, `reversed` is pulled, `moving` stands between the two, `spare` is not set up. */
export type Stance = 'normal' | 'reversed' | 'moving' | 'spare';

/** The present position: a few words, and what they rest on. */
export type Position = { readonly word: string; readonly facts: readonly string[] };

/** The runs that belong to each lever: a drill moves the points, so it is the traffic lever's. */
export const actionsOf: Readonly<Record<LeverName, readonly RunAction[]>> = {
  banner: ['banner'],
  traffic: ['traffic', 'drill'],
  dump: ['dump'],
};

/** `On · seen 2 min ago · comes down in 1 h`. `now` is epoch milliseconds. */
export function bannerPosition(banner: BannerView, now: number): Position {
  const seen = banner.verifiedAt === null ? null : `seen ${ago(Date.parse(banner.verifiedAt), now)}`;
  if (!banner.on) return { word: 'Off', facts: seen === null ? [] : [seen] };
  const left = banner.expiresAt === null ? null : Date.parse(banner.expiresAt) - now;
  const end = left === null ? 'until taken down' : left > 0 ? `comes down in ${roughly(left)}` : 'comes down now';
  return { word: 'On', facts: [seen ?? 'not seen from outside yet', end] };
}

/** `On the primary · api.example.com · seen 14:05:10`. */
export function trafficPosition(traffic: TrafficView, levers: LeversView['traffic'], now: number, timeZone?: string): Position {
  const target = traffic.target === 'standby' ? 'standby' : 'primary';
  const host = hostOf(levers[target]);
  const seen =
    traffic.target === 'unknown'
      ? 'assumed, nobody has looked yet'
      : traffic.verifiedAt === null
        ? 'not seen from outside'
        : `seen ${moment(Date.parse(traffic.verifiedAt), now, timeZone)}`;
  return { word: `On the ${target}`, facts: host === null ? [seen] : [host, seen] };
}

/** `Last dump 3 h ago, 42 MB`. */
export function dumpPosition({ last }: LeversView['dump'], now: number): Position {
  if (last === null) return { word: 'No dump yet', facts: [] };
  return { word: `Last dump ${ago(Date.parse(last.at), now)}, ${byteSize(last.bytes)}`, facts: [] };
}

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : url;
}

/** Where a click on the traffic lever leads. */
export function otherTrack(traffic: TrafficView): 'primary' | 'standby' {
  return traffic.target === 'standby' ? 'primary' : 'standby';
}

export function trafficPull(traffic: TrafficView): string {
  return otherTrack(traffic) === 'standby' ? 'Move to the standby' : 'Move back to the primary';
}

/** How the lever is drawn. */
export function stanceOf(ready: boolean, pulled: boolean, run: Run | null): Stance {
  if (run?.state === 'running' || run?.state === 'interrupted') return 'moving';
  if (pulled) return 'reversed';
  return ready ? 'normal' : 'spare';
}

const goodNewsMs = 10 * 60_000;
const badNewsMs = 60 * 60_000;

/** The run to show on a lever: one under way, else an interrupted one, else the newest that ended, for ten minutes when it
 *  went well and an hour when not, unless it was dismissed. */
export function shownRun(runs: readonly Run[], name: LeverName, dismissed: ReadonlySet<string>, now: number): Run | null {
  const own = runs.filter((run) => actionsOf[name].includes(run.action));
  const unfinished = own.find(({ state }) => state === 'running') ?? own.find(({ state }) => state === 'interrupted');
  if (unfinished) return unfinished;
  const newest = own.reduce<Run | null>((late, run) => (late === null || endOf(run) > endOf(late) ? run : late), null);
  if (newest === null || dismissed.has(newest.id)) return null;
  const news = newest.state === 'succeeded' ? goodNewsMs : badNewsMs;
  return now - endOf(newest) < news ? newest : null;
}

const endOf = (run: Run): number => Date.parse(run.finishedAt ?? run.startedAt);

/** Traffic is on its way over. Building the twin is a run of the same lever that moves nothing. */
export function pointsMove(runs: readonly Run[]): boolean {
  return runs.some(
    ({ action, state, title = '' }) =>
      state === 'running' && (action === 'drill' || (action === 'traffic' && !/\btwin\b/i.test(title))),
  );
}

/** `Last drill 12 d ago`, `Never rehearsed`. */
export function drillWords({ lastAt }: LeversView['drill'], now: number): string {
  return lastAt === null ? 'Never rehearsed' : `Last drill ${ago(Date.parse(lastAt), now)}`;
}
