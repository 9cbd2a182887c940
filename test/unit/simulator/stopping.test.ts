// A stopped stand-in leaves nothing behind: no port, no timer, no build.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./start-and-stop.ts', import.meta.url));
const run = promisify(execFile);

describe('stopping the provider stand-ins in the middle of work', () => {
  it('lets the process end by itself', async () => {
    const { stdout } = await run(process.execPath, [script], { timeout: 15_000 });
    expect(stdout).toMatch(/^200 201 201\nREADY /);
  });

  it('is what lets it end: without it the process stays', async () => {
    await expect(run(process.execPath, [script, 'forget'], { timeout: 3_000 })).rejects.toMatchObject({
      killed: true,
      stdout: expect.stringContaining('READY'),
    });
  });
});
