// What may be said on the tray app's command line, parsed by zod (SECURITY S-37). Electron and Chromium read switches of
// their own from the same line, so others are passed over, not refused.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FaultError } from '../../shared/fault.ts';

const path = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[^\0]*$/)
  .transform((text) => resolve(text))
  .nullable();
const shellArguments = z.strictObject({ settingsFile: path, dataFolder: path, hidden: z.boolean() });
export type ShellArguments = z.infer<typeof shellArguments>;

/** Reads `--config FILE` and `--data DIR`, null meaning the default place, and `--hidden`: start in the tray, without the window.
 *  Relative paths count from the working folder. Throws a FaultError (`usage`) when one of them has no usable value. */
export function readArguments(argv: readonly string[]): ShellArguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    options: { config: { type: 'string' }, data: { type: 'string' }, hidden: { type: 'boolean' } },
  });
  const { config = null, data = null, hidden } = values;
  const parsed = shellArguments.safeParse({ settingsFile: config, dataFolder: data, hidden: hidden === true });
  if (parsed.success) return parsed.data;
  throw new FaultError({
    code: 'usage',
    message: '--config needs the path of a settings file, and --data the path of a folder.',
    next: 'Start it as: npm start -- --config settings.json --data ./data',
  });
}

/** What to say at the next start to get the same app again, without its window. */
export function argumentsAtLogin({ settingsFile, dataFolder }: ShellArguments): string[] {
  return [
    ...(settingsFile === null ? [] : ['--config', settingsFile]),
    ...(dataFolder === null ? [] : ['--data', dataFolder]),
    '--hidden',
  ];
}
