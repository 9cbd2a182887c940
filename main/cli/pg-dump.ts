// Which pg_dump this machine has; the doctor tells it before the Dump lever needs it.
import { execFile } from 'node:child_process';
import { plainText } from '../../shared/redact.ts';

/** The version, such as `16.4`; null when there is no such program or it does not say. At most 5 s. */
export function pgDumpVersion(program: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], { timeout: 5_000, maxBuffer: 10_000, signal, windowsHide: true }, (error, stdout) => {
      const version = error ? null : /\(PostgreSQL\)\s+(\S+)/.exec(stdout)?.[1];
      resolve(version === undefined || version === null ? null : plainText(version, 30));
    });
  });
}
