// An outage that explains itself, in a real browser: cause, evidence, what to do, the report as a file, the connection doctor.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sceneOf } from '../support/scenes.ts';
import { asked, setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

describe('an outage', () => {
  it('says why, how surely, what to do, and keeps the evidence folded beneath', async () => {
    const { page, text } = await stage.open(sceneOf('explained'));
    const shown = await text('.diagnosis');
    expect(shown).toContain('Very likely: The API cannot reach its database');
    expect(shown).toContain('No lever mends this; the banner tells your users.');
    expect(shown).toContain('What to do: Give the API the session pooler’s address');
    expect(shown).not.toContain('Network unreachable');
    await page.getByText('Evidence (3)').click();
    expect(await text('.diagnosis')).toContain('port 5432 failed: Network unreachable');
    await page.getByText('Speaks against it (1)').click();
    await page.getByText('Answers in 41 ms.').waitFor();
  });

  it('is reported as a file of Markdown', async () => {
    const { page, engine } = await stage.open(sceneOf('explained'));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export postmortem' }).click(),
    ]);
    const id = asked(engine, 'incident.postmortem')[0]?.id;
    expect(download.suggestedFilename()).toBe(`postmortem-${id}.md`);
    expect(await readFile(await download.path(), 'utf8')).toBe(`# Postmortem of ${id}\n`);
  });
});

describe('the connection doctor', () => {
  it('tells what is wrong and the corrected address, and keeps nothing of what was pasted', async () => {
    const canary = 'canary-1a2b3c4d5e';
    const scene = sceneOf('settings-credentials');
    const { page, engine } = await stage.open(scene);
    await scene.act?.(page, engine);
    const field = page.getByLabel('A Postgres connection string');
    await field.fill(`postgresql://postgres:${canary}@db.abcdefghijklmnopqrst.supabase.co:5432/postgres`);
    expect(await page.content()).not.toContain(canary);
    await field.press('Enter');
    await page.getByText('has only IPv6 addresses.').waitFor();
    await page.getByText('aws-0-eu-central-1.pooler.supabase.com:5432/postgres').waitFor();
    expect(await field.inputValue()).toBe('');
    expect(await page.content()).not.toContain(canary);
    expect(asked(engine, 'doctor.examine')).toHaveLength(1);
  });
});

describe('the last seven days', () => {
  it('stand at the end of the history', async () => {
    const { text } = await stage.open(sceneOf('green'));
    await expect.poll(() => text('.week')).toContain('1 outage, 30 min in all');
  });
});
