// A pg_dump that outlived the Signalbox that started it. Ended only where the system shows that it is ours.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Ends process `pid` if its command line names `file`, the file that only our pg_dump writes. Where the command line cannot be
 *  read (Windows) it is left: it dies of its next message, and the file that it writes is removed all the same. */
export async function stopOrphan(pid: number, file: string, platform: NodeJS.Platform): Promise<boolean> {
  const command = platform === 'linux' ? await fromProc(pid) : platform === 'win32' ? '' : await fromPs(pid);
  if (!command.includes(`--file=${file}`)) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
    return false;
  }
}

const fromProc = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

function fromPs(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { timeout: 5_000 }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
}
