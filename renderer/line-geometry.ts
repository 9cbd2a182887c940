// Where the line's tracks and stations lie for a given width: a main line with a passing loop below it. Pure numbers.
import type { StationName } from './line-model.ts';

export type Point = { readonly x: number; readonly y: number };

export type Track = 'approach' | 'lead' | 'primaryIn' | 'primaryOut' | 'standbyIn' | 'standbyOut' | 'tail' | 'end';

export type LineGeometry = {
  readonly width: number;
  readonly height: number;
  readonly stations: Readonly<Record<StationName, Point>>;
  readonly points: Point;
  readonly join: Point;
  /** Path data of each stretch of track. The branch that is not set stops short of the points: the gap shows it. */
  readonly tracks: Readonly<Record<Track, string>>;
  /** The bar at the end of the track. */
  readonly buffer: string;
  /** Where the words about traffic stand, under the lead. */
  readonly caption: Point;
  /** Room for words at a station, in characters of small text. */
  readonly room: number;
  readonly wide: boolean;
};

const gap = 13;
/** Average width of a character of small text, px. */
const characterPx = 6.4;

/** Lays the line out in `width` px; `route` is the branch that the points are set to. */
export function lineGeometry(width: number, route: 'primary' | 'standby'): LineGeometry {
  const wide = width >= 640;
  const mainY = wide ? 76 : 66;
  const drop = wide ? 72 : 54;
  const margin = wide ? Math.min(150, width * 0.13) : 42;
  const loopY = mainY + drop;
  const left = margin;
  const right = width - margin;
  const middle = width / 2;
  const points = { x: wide ? left + (middle - left) * 0.36 : left + 34, y: mainY };
  const join = { x: width - points.x, y: mainY };
  const cut = (branch: 'primary' | 'standby'): number => (branch === route ? 0 : gap);
  const [main, loop] = [cut('primary'), cut('standby')];
  return {
    width,
    height: loopY + (wide ? 68 : 58),
    stations: {
      frontend: { x: left, y: mainY },
      primary: { x: middle, y: mainY },
      standby: { x: middle, y: loopY },
      database: { x: right, y: mainY },
    },
    points,
    join,
    tracks: {
      approach: `M0 ${mainY}H${left}`,
      lead: `M${left} ${mainY}H${points.x}`,
      primaryIn: `M${points.x + main} ${mainY}H${middle}`,
      primaryOut: `M${middle} ${mainY}H${join.x - main}`,
      standbyIn: `M${points.x + loop} ${mainY + loop}L${points.x + drop} ${loopY}H${middle}`,
      standbyOut: `M${middle} ${loopY}H${join.x - drop}L${join.x - loop} ${mainY + loop}`,
      tail: `M${join.x} ${mainY}H${right}`,
      end: `M${right} ${mainY}H${width - margin * 0.36}`,
    },
    buffer: `M${width - margin * 0.36} ${mainY - 9}V${mainY + 9}`,
    caption: { x: wide ? left - 24 : 14, y: loopY - (wide ? 2 : 10) },
    room: Math.floor((wide ? (middle - left) * 0.92 : 84) / characterPx),
    wide,
  };
}
