// The strip of a monitor's last checks as four paths, one per outcome, and as words. Pure. Height is latency; an outcome is
// told by shape as well: degraded is a split bar, down reaches full height, unknown is a dot.
import type { Strip } from '../shared/ipc.ts';
import { count } from './figures.ts';
import { stripLength } from './strips.ts';

export const slotPx = 4;
const barPx = 3;
export const stripHeight = 24;
export const stripWidth = stripLength * slotPx;
const tallest = 20;
const shortest = 5;

export type StripPaths = {
  readonly up: string;
  readonly degraded: string;
  readonly down: string;
  readonly unknown: string;
  /** Places no check has filled yet. */
  readonly empty: string;
};

/** Newest at the right; places without a check stay marked, so that a young monitor looks young. */
export function stripPaths(strips: readonly Strip[]): StripPaths {
  const paths = { up: '', degraded: '', down: '', unknown: '', empty: '' };
  const scale = scaleOf(strips);
  const offset = stripLength - strips.length;
  for (let slot = 0; slot < offset; slot += 1) paths.empty += box(slot * slotPx, stripHeight - 2, 2);
  strips.forEach(([, outcome, latencyMs], index) => {
    const x = (offset + index) * slotPx;
    const height = Math.round(shortest + (tallest - shortest) * Math.min(1, (latencyMs ?? 0) / scale));
    if (outcome === 'u') paths.up += box(x, stripHeight - height, height);
    else if (outcome === 'd') paths.down += box(x, 0, stripHeight);
    else if (outcome === 'n') paths.unknown += box(x, stripHeight - 3, 3);
    else {
      const upper = Math.max(4, Math.round(height * 0.4));
      paths.degraded += box(x, stripHeight - height - 2, upper) + box(x, stripHeight - height + upper, height - upper);
    }
  });
  return paths;
}

function box(x: number, y: number, height: number): string {
  return `M${x} ${y}h${barPx}v${height}h-${barPx}z`;
}

/** The latency that fills the strip: nine checks in ten stay below it, so that one slow answer does not flatten the rest. */
function scaleOf(strips: readonly Strip[]): number {
  const known = strips.flatMap(([, , latencyMs]) => (latencyMs === null ? [] : [latencyMs])).sort((a, b) => a - b);
  return Math.max(1, (known[Math.floor(known.length * 0.9)] ?? 1) * 1.15);
}

const outcomeWords = { u: 'up', g: 'degraded', d: 'down', n: 'unknown' } as const;

export function outcomeWord(outcome: Strip[1]): string {
  return outcomeWords[outcome];
}

/** `Last 60 checks: 58 up, 2 down`. */
export function stripSummary(strips: readonly Strip[]): string {
  if (strips.length === 0) return 'No checks yet';
  const tally = { u: 0, g: 0, d: 0, n: 0 };
  for (const [, outcome] of strips) tally[outcome] += 1;
  const parts = (['u', 'g', 'd', 'n'] as const)
    .filter((outcome) => tally[outcome] > 0)
    .map((outcome) => `${tally[outcome]} ${outcomeWords[outcome]}`);
  return `Last ${count(strips.length, 'check')}: ${parts.join(', ')}`;
}
