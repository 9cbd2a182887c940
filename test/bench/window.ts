// How much the window loads before it shows anything.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bench } from './bench.ts';
import { ensureBuilt, windowFolder } from './engine.ts';
import { rowOfOne } from './figures.ts';

export const windowSize: Bench = {
  name: 'window',
  title: 'Window',
  how: `Sizes of what index.html names in dist/renderer: its scripts and the modules it preloads, and its style sheets, each compressed
with gzip at level 9. Parts that load later (the latency chart) are not counted. 1 kB is 1,000 bytes.`,
  async run() {
    await ensureBuilt('client');
    const page = readFileSync(join(windowFolder, 'index.html'), 'utf8');
    const named = (pattern: RegExp): string[] => [...page.matchAll(pattern)].map((match) => match[1] ?? '');
    const scripts = [...named(/<script[^>]+src="([^"]+)"/g), ...named(/<link[^>]+rel="modulepreload"[^>]+href="([^"]+)"/g)];
    const styles = named(/<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"/g);
    if (scripts.length === 0) throw new Error('index.html names no script.');
    return [
      rowOfOne('Initial JavaScript, gzip', kilobytes(scripts, true), 'kB', 150),
      rowOfOne('Initial JavaScript, as it is', kilobytes(scripts, false), 'kB'),
      rowOfOne('Initial style sheets, gzip', kilobytes(styles, true), 'kB'),
    ];
  },
};

function kilobytes(files: readonly string[], compressed: boolean): number {
  const sizes = files.map((file) => {
    const content = readFileSync(join(windowFolder, file));
    return (compressed ? gzipSync(content, { level: 9 }) : content).length;
  });
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}
