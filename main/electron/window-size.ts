// Remembers how large the window was, and where. What is read back is checked like any outside text: a damaged file means the
// default size, never a window that cannot be seen.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Pixels, independent of the screen's scale. */
export const defaultSize = { width: 420, height: 640 } as const;
export const minimumSize = { width: 360, height: 400 } as const;

const coordinate = z.int().min(-65_536).max(65_536).optional();
const windowSize = z.object({
  width: z.int().min(minimumSize.width).max(8_192),
  height: z.int().min(minimumSize.height).max(8_192),
  /** Absent when the window was last placed by the tray. */
  x: coordinate,
  y: coordinate,
});
export type WindowSize = z.infer<typeof windowSize>;

/** What is remembered, or the default size when there is nothing that can be used. */
export function readSize(file: string): WindowSize {
  try {
    return windowSize.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Absent on the first run; damaged is not worth a word to anyone.
    return defaultSize;
  }
}

/** Remembers `size`. Throws when the file cannot be written. */
export function writeSize(file: string, { width, height, x, y }: WindowSize): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.partial`;
  writeFileSync(partial, `${JSON.stringify({ width, height, x, y })}\n`, { mode: 0o600 });
  renameSync(partial, file);
}
