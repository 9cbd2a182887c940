// Draws every icon that Signalbox ships: `node main/electron/icons/draw.ts` writes them beside this file. Each signal has
// a shape of its own, so that it can be told without its colour; a dark rim keeps it legible on light and dark panels.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Colour } from '../../../shared/snapshot.ts';
import { encodePng, type Picture } from './png.ts';
import { box, type Coat, disc, inset, type Paint, paint, polygon, type Shape, turned, union, without } from './shapes.ts';

type Lamp = { readonly body: Shape; readonly mark: Shape | null; readonly fill: Paint; readonly rim: Paint; readonly ink: Paint };

const white: Paint = [255, 255, 255, 1];
const black: Paint = [0, 0, 0, 1];
const triangle = polygon(
  [
    [0, -0.7],
    [0.76, 0.715],
    [-0.76, 0.715],
  ],
  0.16,
);

/** Disc, triangle with a bar and a dot, square with a crossbar, hollow ring. */
const lamps: Readonly<Record<Colour, Lamp>> = {
  green: { body: disc(0, 0, 0.86), mark: null, fill: [38, 176, 93, 1], rim: [14, 107, 52, 1], ink: white },
  amber: {
    body: triangle,
    mark: union(box(0, -0.02, 0.125, 0.28, 0.06), disc(0, 0.55, 0.13)),
    fill: [250, 176, 5, 1],
    rim: [150, 92, 0, 1],
    ink: [56, 34, 0, 1],
  },
  red: {
    body: box(0, 0, 0.875, 0.875, 0.25),
    mark: box(0, 0, 0.5, 0.125, 0.04),
    fill: [226, 48, 48, 1],
    rim: [132, 16, 20, 1],
    ink: white,
  },
  grey: {
    body: without(disc(0, 0, 0.86), disc(0, 0, 0.46)),
    mark: null,
    fill: [150, 158, 168, 1],
    rim: [88, 96, 106, 1],
    ink: white,
  },
};

const traySizes = [16, 22, 32] as const;
const scales = [
  [1, ''],
  [2, '@2x'],
] as const;

/** A signal's lamp in colour, `size` pixels square. */
function coloured(colour: Colour, size: number): Picture {
  const { body, mark, fill, rim, ink } = lamps[colour];
  // The rim is as thick as a pixel of the 16-pixel icon.
  const coats: Coat[] = [
    { shape: body, paint: rim },
    { shape: inset(body, 0.115), paint: fill },
  ];
  return paint(size, mark === null ? coats : [...coats, { shape: mark, paint: ink }]);
}

/** The same lamp for macOS: black and alpha only, its mark cut out. */
function template(colour: Colour, size: number): Picture {
  const { body, mark } = lamps[colour];
  const coats: Coat[] = [{ shape: body, paint: black }];
  return paint(size, mark === null ? coats : [...coats, { shape: mark, paint: 'erase' }]);
}

/** The app's own icon: a semaphore arm raised to clear, with its lamp, on a night sky. */
function app(size: number): Picture {
  const [pivotX, pivotY] = [-0.22, -0.1];
  const raised = (shape: Shape): Shape => turned(shape, -38, pivotX, pivotY);
  const arm = raised(box(pivotX + 0.39, pivotY, 0.43, 0.125, 0.04));
  const stripe = raised(box(pivotX + 0.6, pivotY, 0.06, 0.125, 0));
  const post: Paint = [226, 232, 240, 1];
  const coats: Coat[] = [
    { shape: box(0, 0, 0.82, 0.82, 0.36), paint: [18, 27, 46, 1] },
    { shape: box(0, 0, 0.77, 0.77, 0.32), paint: [30, 42, 68, 1] },
    { shape: box(pivotX, 0.06, 0.055, 0.54, 0.03), paint: post },
    { shape: box(pivotX, 0.56, 0.24, 0.05, 0.05), paint: post },
    { shape: arm, paint: [226, 48, 48, 1] },
    { shape: stripe, paint: white },
    { shape: disc(pivotX, pivotY, 0.19), paint: [18, 27, 46, 1] },
    { shape: disc(pivotX, pivotY, 0.135), paint: [52, 211, 122, 1] },
    { shape: disc(pivotX - 0.04, pivotY - 0.045, 0.034), paint: [255, 255, 255, 0.75] },
  ];
  return paint(size, coats);
}

/** Every icon by its file name. */
export function icons(): ReadonlyMap<string, Picture> {
  const all = new Map<string, Picture>();
  for (const colour of Object.keys(lamps) as Colour[]) {
    for (const [scale, suffix] of scales) {
      for (const size of traySizes) all.set(`${colour}-${size}${suffix}.png`, coloured(colour, size * scale));
      all.set(`${colour}-16Template${suffix}.png`, template(colour, 16 * scale));
    }
  }
  all.set('app-512.png', app(512));
  all.set('app-1024.png', app(1_024));
  return all;
}

if (import.meta.main) {
  for (const [name, picture] of icons()) {
    writeFileSync(fileURLToPath(new URL(`./${name}`, import.meta.url)), encodePng(picture));
  }
}
