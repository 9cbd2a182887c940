// The last checks of a monitor as small bars. One stop for the keyboard: the arrow keys step from check to check.
import { memo, useMemo, useRef, useState } from 'react';
import type { Strip } from '../../shared/ipc.ts';
import { latency, moment } from '../../shared/words.ts';
import { useStrip } from '../hooks.ts';
import { outcomeWord, slotPx, stripHeight, stripPaths, stripSummary, stripWidth } from '../strip-geometry.ts';
import { showTip } from './tip.tsx';

type StripProps = { readonly id: string; readonly name: string };

export const StripView = memo(function StripView({ id, name }: StripProps) {
  const strips = useStrip(id);
  const paths = useMemo(() => stripPaths(strips), [strips]);
  const box = useRef<HTMLDivElement>(null);
  const [picked, setPicked] = useState<number | null>(null);
  const index = Math.min(picked ?? strips.length - 1, strips.length - 1);

  const pick = (next: number): void => {
    const at = Math.min(Math.max(next, 0), strips.length - 1);
    const strip = strips[at];
    const edge = box.current?.getBoundingClientRect();
    if (!strip || !edge) return;
    setPicked(at);
    const x = Math.max(edge.left, edge.right - (strips.length - at - 0.5) * slotPx);
    showTip({ x, y: edge.bottom + 6, ...words(strip) });
  };
  const leave = (): void => {
    setPicked(null);
    showTip(null);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    pick(index + step);
  };
  const current = strips[index];
  return (
    <div
      ref={box}
      className="strip"
      role="slider"
      tabIndex={0}
      aria-label={`${name}. ${stripSummary(strips)}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, strips.length - 1)}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={current ? spoken(current) : 'No checks yet'}
      aria-readonly="true"
      onPointerMove={(event) => pick(strips.length - 1 - Math.floor(rightOf(event) / slotPx))}
      onPointerLeave={leave}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && pick(index)}
      onBlur={leave}
      onKeyDown={onKeyDown}
    >
      <svg width={stripWidth} height={stripHeight} viewBox={`0 0 ${stripWidth} ${stripHeight}`} aria-hidden="true">
        <path className="bar-empty" d={paths.empty} />
        <path className="bar-up" d={paths.up} />
        <path className="bar-degraded" d={paths.degraded} />
        <path className="bar-down" d={paths.down} />
        <path className="bar-unknown" d={paths.unknown} />
        {picked !== null && (
          <rect
            className="bar-picked"
            x={stripWidth - (strips.length - index) * slotPx - 1}
            y="-1"
            width={5}
            height={stripHeight + 2}
          />
        )}
      </svg>
    </div>
  );
});

const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function rightOf(event: React.PointerEvent): number {
  return event.currentTarget.getBoundingClientRect().right - event.clientX;
}

function words([at, outcome, latencyMs, problem]: Strip): { title: string; text: string; detail: string | null } {
  const measured = latencyMs === null ? '' : ` · ${latency(latencyMs)}`;
  return { title: moment(at, Date.now()), text: `${outcomeWord(outcome)}${measured}`, detail: problem };
}

function spoken(strip: Strip): string {
  const { title, text, detail } = words(strip);
  return `${title}, ${text.replace(' · ', ', ')}${detail === null ? '' : `: ${detail}`}`;
}
