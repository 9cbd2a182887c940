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
const shellArguments = z.strictObject({ settingsFile: path, dataFolder: path });
export type ShellArguments = z.infer<typeof shellArguments>;

/** Reads `--config FILE` and `--data DIR`; null means the default place. Relative paths count from the working folder.
 *  Throws a FaultError (`usage`) when one of them has no usable value. */
export function readArguments(argv: readonly string[]): ShellArguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    options: { config: { type: 'string' }, data: { type: 'string' } },
  });
  const parsed = shellArguments.safeParse({ settingsFile: values.config ?? null, dataFolder: values.data ?? null });
  if (parsed.success) return parsed.data;
  throw new FaultError({
    code: 'usage',
    message: '--config needs the path of a settings file, and --data the path of a folder.',
    next: 'Start it as: npm start -- --config settings.json --data ./data',
  });
}
