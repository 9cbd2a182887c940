import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { icons } from '../../../main/electron/icons/draw.ts';
import { decodePng, encodePng, type Picture } from '../../../main/electron/icons/png.ts';

const folder = fileURLToPath(new URL('../../../main/electron/icons/', import.meta.url));
const drawn = icons();
const signals = ['green', 'amber', 'red', 'grey'] as const;

function icon(name: string): Picture {
  const picture = drawn.get(name);
  if (!picture) throw new Error(`There is no icon ${name}.`);
  return picture;
}

/** Where the picture covers more than half of a pixel: its shape without its colour. */
const outline = ({ pixels }: Picture): boolean[] =>
  Array.from({ length: pixels.length / 4 }, (_, index) => (pixels[index * 4 + 3] ?? 0) > 127);

describe('the icons', () => {
  it('are committed as the script draws them', () => {
    const committed = readdirSync(folder).filter((name) => name.endsWith('.png'));
    expect(committed.sort()).toEqual([...drawn.keys()].sort());
    // Pixels, not bytes: deflate may pack the same rows differently in another version of zlib.
    for (const name of committed) {
      expect(decodePng(readFileSync(`${folder}${name}`)), name).toEqual({ ...icon(name), pixels: expect.anything() });
      expect(Buffer.compare(decodePng(readFileSync(`${folder}${name}`)).pixels, icon(name).pixels), name).toBe(0);
    }
  });

  it('are as large as their names say', () => {
    for (const [name, { width, height }] of drawn) {
      const [, size = '', double] = /-(\d+)(?:Template)?(@2x)?\.png$/.exec(name) ?? [];
      expect([width, height], name).toEqual(Array(2).fill(Number(size) * (double ? 2 : 1)));
    }
  });

  it('tell every signal from every other by shape alone, even at 16 pixels', () => {
    for (const first of signals) {
      for (const second of signals.filter((other) => other !== first)) {
        for (const kind of ['16', '16Template']) {
          const [a, b] = [outline(icon(`${first}-${kind}.png`)), outline(icon(`${second}-${kind}.png`))];
          const differing = a.filter((covered, index) => covered !== b[index]).length;
          expect(differing, `${first} and ${second}, ${kind}`).toBeGreaterThan(20);
        }
      }
    }
  });

  it('are black and alpha only where macOS tints them', () => {
    for (const signal of signals) {
      const { pixels } = icon(`${signal}-16Template@2x.png`);
      expect(pixels.filter((value, index) => index % 4 !== 3 && value !== 0)).toHaveLength(0);
    }
  });

  it('stand out from a white and from a black panel', () => {
    for (const signal of signals) {
      for (const panel of [255, 0]) {
        expect(strongestContrast(icon(`${signal}-22.png`), panel), `${signal} on ${panel}`).toBeGreaterThan(3);
      }
    }
  });
});

/** The best WCAG contrast that at least a tenth of the picture has with a panel of this grey. */
function strongestContrast({ pixels }: Picture, panel: number): number {
  const linear = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = (red: number, green: number, blue: number) =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const ground = light(panel, panel, panel);
  const contrasts: number[] = [];
  for (let at = 0; at < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray(at, at + 4);
    if (alpha < 250) continue;
    const own = light(red, green, blue);
    contrasts.push((Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05));
  }
  return contrasts.sort((a, b) => b - a)[Math.floor(pixels.length / 40)] ?? 0;
}

describe('encodePng', () => {
  it('is read back exactly', () => {
    const picture = { width: 3, height: 2, pixels: Uint8Array.from({ length: 24 }, (_, index) => index * 10) };
    expect(decodePng(encodePng(picture))).toEqual(picture);
  });

  it('is refused when damaged or foreign', () => {
    const file = encodePng({ width: 1, height: 1, pixels: new Uint8Array(4) });
    const damaged = Buffer.from(file);
    damaged[20] = 9;
    expect(() => decodePng(damaged)).toThrowError('damaged');
    expect(() => decodePng(Buffer.from('GIF89a'))).toThrowError('not a PNG');
  });
});
