// Where a window goes: beside the tray's icon, whichever edge the panel is on, or where it was when that can still be seen.
// Pure: rectangles in, a rectangle out, in pixels independent of the screen's scale.

export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Size = Pick<Rectangle, 'width' | 'height'>;
/** A screen: all of it, and what its panels leave free. */
export type Screen = { readonly bounds: Rectangle; readonly workArea: Rectangle };

/** Between panel and window. */
const gap = 4;

/** Whether a tray says where it is. Linux panels do not: Electron then answers with zeros. */
export function isKnown(icon: Rectangle): boolean {
  return icon.width > 0 && icon.height > 0;
}

/** The place of a window of `size` beside `icon`: against the panel's edge, centred on the icon, wholly inside the work area. */
export function besideTray(size: Size, icon: Rectangle, { bounds, workArea: area }: Screen): Rectangle {
  const width = Math.min(size.width, area.width - 2 * gap);
  const height = Math.min(size.height, area.height - 2 * gap);
  const centre = { x: icon.x + icon.width / 2, y: icon.y + icon.height / 2 };
  const across = within(centre.x - width / 2, area.x + gap, area.x + area.width - width - gap);
  const along = within(centre.y - height / 2, area.y + gap, area.y + area.height - height - gap);
  const [left, right] = [area.x + gap, area.x + area.width - width - gap];
  const [top, bottom] = [area.y + gap, area.y + area.height - height - gap];
  const at = {
    top: { x: across, y: top },
    bottom: { x: across, y: bottom },
    left: { x: left, y: along },
    right: { x: right, y: along },
  }[panelEdge(centre, bounds, area)];
  return { x: Math.round(at.x), y: Math.round(at.y), width, height };
}

type Edge = 'top' | 'bottom' | 'left' | 'right';

/** The edge that the icon lies beyond; where a panel hides itself it covers nothing, and the nearest edge of the screen counts. */
function panelEdge(centre: { readonly x: number; readonly y: number }, bounds: Rectangle, area: Rectangle): Edge {
  if (centre.y < area.y) return 'top';
  if (centre.y >= area.y + area.height) return 'bottom';
  if (centre.x < area.x) return 'left';
  if (centre.x >= area.x + area.width) return 'right';
  const distances: readonly (readonly [Edge, number])[] = [
    ['top', centre.y - bounds.y],
    ['bottom', bounds.y + bounds.height - centre.y],
    ['left', centre.x - bounds.x],
    ['right', bounds.x + bounds.width - centre.x],
  ];
  return distances.reduce((near, next) => (next[1] < near[1] ? next : near))[0];
}

/** Enough of a window to take hold of it. */
const grip = { width: 80, height: 40 } as const;

/** Whether enough of a window's head is on one of the screens: a screen may be gone since. */
export function canBeSeen(place: Rectangle, screens: readonly Screen[]): boolean {
  return screens.some(({ workArea: area }) => {
    const seen = Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x);
    return seen >= grip.width && place.y >= area.y && place.y + grip.height <= area.y + area.height;
  });
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
