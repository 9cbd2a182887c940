// Latency over time for one monitor: choose a period, read a moment. Asks again when a new bucket has begun, never by a timer.
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Output } from '../../shared/ipc.ts';
import { latency, moment } from '../../shared/words.ts';
import { type ChartData, chartData, chartSummary } from '../chart-data.ts';
import { count } from '../figures.ts';
import { useAsk } from '../hooks.ts';
import { drawPlot, type Plot } from '../plot.ts';
import { FaultLine } from './fault.tsx';

const hourMs = 3_600_000;
const spansMs = { '1h': hourMs, '24h': 24 * hourMs, '7d': 168 * hourMs, '90d': 2_160 * hourMs } as const;
type Period = keyof typeof spansMs;
const words: Readonly<Record<Period, string>> = { '1h': '1 h', '24h': '24 h', '7d': '7 d', '90d': '90 d' };

type LatencyChartProps = {
  readonly id: string;
  readonly name: string;
  readonly intervalMs: number;
  /** Time of the newest check, which may begin a new bucket. */
  readonly lastAt: string | null;
};

type Fetched = Output<'history.latency'> & { readonly period: Period; readonly to: number };

export function LatencyChart({ id, name, intervalMs, lastAt }: LatencyChartProps) {
  const [period, setPeriod] = useState<Period>('1h');
  const [fetched, setFetched] = useState<Fetched | null>(null);
  const { ask, fault } = useAsk('history.latency');
  const bucketMs = fetched?.period === period ? fetched.bucketMs : 0;
  const newest = bucketMs === 0 || lastAt === null ? 0 : Math.floor(Date.parse(lastAt) / bucketMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `newest` is the signal that a bucket was completed
  useEffect(() => {
    let wanted = true;
    void ask({ id, period }).then((reply) => {
      if (wanted && reply.ok) setFetched({ ...reply.value, period, to: Date.now() });
    });
    return () => {
      wanted = false;
    };
  }, [ask, id, period, newest]);
  const data = useMemo(
    () => (fetched ? chartData(fetched.buckets, fetched.bucketMs, intervalMs * 3) : null),
    [fetched, intervalMs],
  );
  return (
    <figure className="chart">
      <Periods period={period} choose={setPeriod} />
      {data && fetched ? <Drawing data={data} fetched={fetched} name={name} /> : <div className="chart-space" />}
      <FaultLine fault={fault} />
    </figure>
  );
}

function Periods({ period, choose }: { readonly period: Period; readonly choose: (period: Period) => void }) {
  const group = useId();
  return (
    <fieldset className="periods">
      <legend>Latency</legend>
      {(Object.keys(spansMs) as Period[]).map((option) => (
        <label key={option}>
          <input type="radio" name={group} checked={option === period} onChange={() => choose(option)} />
          <span>{words[option]}</span>
        </label>
      ))}
    </fieldset>
  );
}

type DrawingProps = { readonly data: ChartData; readonly fetched: Fetched; readonly name: string };

function Drawing({ data, fetched, name }: DrawingProps) {
  const [cursor, setCursor] = useState<number | null>(null);
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const plot = useRef<Plot | null>(null);
  const scheme = useScheme();
  const { bucketMs, period, to } = fetched;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a canvas keeps the colours it was drawn with, so `scheme` redraws it
  useEffect(() => {
    if (!box) return;
    const from = to - spansMs[period];
    const drawn = drawPlot(box, { data, bucketMs, from, to, onCursor: setCursor });
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.resize(box.clientWidth));
    observer.observe(box);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [box, data, bucketMs, period, to, scheme]);
  const summary = chartSummary(data);
  return (
    <>
      <div ref={setBox} className="chart-space" role="img" aria-label={`Latency of ${name}, last ${words[period]}. ${summary}`} />
      <figcaption>{cursor === null || (data.checks[cursor] ?? 0) === 0 ? summary : reading(data, cursor)}</figcaption>
    </>
  );
}

/** What the chart says at one place. */
function reading(data: ChartData, index: number): string {
  const at = moment((data.at[index] ?? 0) * 1_000, Date.now()).replace(/^(\d\d:\d\d):\d\d$/, '$1');
  const [p50, p95, max] = [data.p50[index] ?? null, data.p95[index] ?? null, data.max[index] ?? null];
  const figures =
    p50 === null || p95 === null || max === null
      ? 'no answer'
      : `median ${latency(p50)}, 95 % ${latency(p95)}, slowest ${latency(max)}`;
  const down = data.down[index] ?? 0;
  return `${at}: ${figures}; ${down > 0 ? `${down} of ` : ''}${count(data.checks[index] ?? 0, 'check')}${down > 0 ? ' failed' : ''}`;
}

/** Changes when the system turns dark or light. */
function useScheme(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return dark;
}
