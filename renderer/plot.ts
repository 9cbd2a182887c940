// The latency chart as uPlot draws it: median as a line, the band up to the 95th percentile, the slowest as dots of ink, and
// stretches with failed checks marked by shape and colour. Colours come from the page's own tokens.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { latency } from '../shared/words.ts';
import type { ChartData } from './chart-data.ts';

const dayMs = 86_400_000;

export type Plot = { resize(width: number): void; destroy(): void };

export type PlotOptions = {
  readonly data: ChartData;
  readonly bucketMs: number;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Index of the bucket under the cursor, or `null`. */
  readonly onCursor: (index: number | null) => void;
};

/** Draws into `target`, as large as it is. */
export function drawPlot(target: HTMLElement, options: PlotOptions): Plot {
  const { data } = options;
  const token = tokensOf(target);
  const ink = token('--ink');
  const faint = token('--ink-3');
  const axis = {
    stroke: faint,
    font: `11px ${getComputedStyle(target).fontFamily}`,
    grid: { stroke: token('--rule'), width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      width: target.clientWidth,
      height: target.clientHeight,
      padding: [8, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: true, range: () => [options.from / 1_000, options.to / 1_000] },
        y: { range: (_, __, most) => [0, Math.max(10, (Number.isFinite(most) ? most : 0) * 1.12)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 64,
          values: (_, splits) => splits.map((split) => axisTime(split * 1_000, options.to - options.from)),
        },
        { ...axis, size: 56, space: 36, values: (_, splits) => splits.map((split) => (split === 0 ? '0' : latency(split))) },
      ],
      series: [
        {},
        { label: 'median', stroke: ink, width: 1.6, points: { show: data.at.length < 3, size: 5, fill: ink } },
        { label: 'p95', stroke: token('--band-edge'), width: 1, points: { show: false } },
        { label: 'max', stroke: faint, width: 1, dash: [1, 3], points: { show: false } },
      ],
      bands: [{ series: [2, 1], fill: token('--band') }],
      hooks: {
        drawClear: [(drawn) => markDown(drawn, data, options.bucketMs, token('--stop'))],
        setCursor: [(moved) => options.onCursor(moved.cursor.idx ?? null)],
      },
    },
    [[...data.at], [...data.p50], [...data.p95], [...data.max]],
    target,
  );
  return {
    resize: (width) => plot.setSize({ width, height: target.clientHeight }),
    destroy: () => plot.destroy(),
  };
}

function tokensOf(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

/** A tinted column with a square at its foot for every bucket in which a check failed. */
function markDown(plot: uPlot, data: ChartData, bucketMs: number, colour: string): void {
  const { ctx, bbox } = plot;
  const half = bucketMs / 2_000;
  const mark = 5 * uPlot.pxRatio;
  ctx.save();
  ctx.fillStyle = colour;
  data.at.forEach((at, index) => {
    if ((data.down[index] ?? 0) === 0) return;
    const left = Math.max(bbox.left, plot.valToPos(at - half, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(at + half, 'x', true));
    const width = Math.max(right - left, 2 * uPlot.pxRatio);
    ctx.globalAlpha = 0.16;
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(left + width / 2 - mark / 2, bbox.top + bbox.height - mark, mark, mark);
  });
  ctx.restore();
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

function axisTime(at: number, spanMs: number): string {
  return spanMs <= dayMs ? time.format(at) : day.format(at);
}
