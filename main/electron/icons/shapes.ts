// Shapes as signed distances (negative inside), and pictures painted from them, softened over one pixel. The unit is half
// the picture's width and (0, 0) its middle, y growing downwards. It knows no file and no meaning.
import type { Picture } from './png.ts';

/** The distance from a point to the shape's edge. */
export type Shape = (x: number, y: number) => number;
/** Red, green, blue (0-255) and how much it covers (0-1). */
export type Paint = readonly [number, number, number, number];
/** One coat: `paint` inside `shape`; `erase` takes away what lies beneath instead. */
export type Coat = { readonly shape: Shape; readonly paint: Paint | 'erase' };

export const disc =
  (cx: number, cy: number, radius: number): Shape =>
  (x, y) =>
    Math.hypot(x - cx, y - cy) - radius;

/** A rectangle of half sizes `hx`, `hy` with rounded corners. */
export const box =
  (cx: number, cy: number, hx: number, hy: number, corner: number): Shape =>
  (x, y) => {
    const dx = Math.abs(x - cx) - hx + corner;
    const dy = Math.abs(y - cy) - hy + corner;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
  };

/** A convex polygon, corners in clockwise order as seen, rounded outwards by `corner`. */
export const polygon =
  (corners: readonly (readonly [number, number])[], corner: number): Shape =>
  (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = true;
    corners.forEach(([ax, ay], index) => {
      const [bx, by] = corners[(index + 1) % corners.length] ?? [ax, ay];
      const [ex, ey, px, py] = [bx - ax, by - ay, x - ax, y - ay];
      const along = Math.min(1, Math.max(0, (px * ex + py * ey) / (ex * ex + ey * ey)));
      nearest = Math.min(nearest, Math.hypot(px - ex * along, py - ey * along));
      if (ex * py - ey * px < 0) inside = false;
    });
    return (inside ? -nearest : nearest) - corner;
  };

export const union =
  (...shapes: readonly Shape[]): Shape =>
  (x, y) =>
    Math.min(...shapes.map((shape) => shape(x, y)));

export const without =
  (shape: Shape, hole: Shape): Shape =>
  (x, y) =>
    Math.max(shape(x, y), -hole(x, y));

/** The shape's edge moved inwards by `by`. */
export const inset =
  (shape: Shape, by: number): Shape =>
  (x, y) =>
    shape(x, y) + by;

/** The shape turned by `degrees` (clockwise as seen) around (cx, cy). */
export function turned(shape: Shape, degrees: number, cx: number, cy: number): Shape {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => shape(cx + (x - cx) * cos + (y - cy) * sin, cy - (x - cx) * sin + (y - cy) * cos);
}

/** Paints the coats, first to last, on a transparent square of `size` pixels. */
export function paint(size: number, coats: readonly Coat[]): Picture {
  const pixels = new Uint8Array(size * size * 4);
  const half = size / 2;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [(column + 0.5 - half) / half, (row + 0.5 - half) / half];
      pixels.set(mixed(coats, x, y, half), (row * size + column) * 4);
    }
  }
  return { width: size, height: size, pixels };
}

/** The colour at one point, bytes, straight alpha. */
function mixed(coats: readonly Coat[], x: number, y: number, half: number): [number, number, number, number] {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const { shape, paint: coat } of coats) {
    const cover = Math.min(1, Math.max(0, 0.5 - shape(x, y) * half));
    if (cover === 0) continue;
    const [r, g, b, strength] = coat === 'erase' ? [0, 0, 0, 0] : coat;
    const [under, over] = coat === 'erase' ? [1 - cover, 0] : [1 - cover * strength, cover * strength];
    red = red * under + r * over;
    green = green * under + g * over;
    blue = blue * under + b * over;
    alpha = alpha * under + over;
  }
  if (alpha === 0) return [0, 0, 0, 0];
  return [Math.round(red / alpha), Math.round(green / alpha), Math.round(blue / alpha), Math.round(alpha * 255)];
}
