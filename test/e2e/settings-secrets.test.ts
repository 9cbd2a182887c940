// Credentials, tests of channels, imports and the first run: what leads from an address and a token to a running engine.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sceneOf } from '../support/scenes.ts';
import { ninePanelsFile, ninePanelsSettings, renderSuggestion } from '../support/settings-scenes.ts';
import { monitorOf } from '../support/view-fixtures.ts';
import { asked, type OpenWindow, setStage, type WindowStage } from '../support/window.ts';

let stage: WindowStage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.clear());
afterAll(() => stage?.close());

const canary = 'CANARY-7f3a91-do-not-show';
const open = (section: string): Promise<OpenWindow> =>
  stage.open({
    snapshot: sceneOf('green').snapshot,
    file: ninePanelsSettings(Date.now()),
    hash: `settings=${section}`,
    width: 1000,
  });

/** Markup and every field's present value. */
function everything({ page }: OpenWindow): Promise<string> {
  return page.evaluate(() => {
    const values = [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value);
    return document.documentElement.outerHTML + values.join('\n') + JSON.stringify({ ...localStorage, ...sessionStorage });
  });
}

describe('a credential', () => {
  it('is stored under a suggested name, written as a reference, and never stays in the page', async () => {
    const window = await open('providers');
    const { page, engine, problems } = window;
    await page.getByRole('button', { name: 'Set up Supabase' }).click();
    const field = page.getByLabel('Token, to be stored as supabase-token');
    await field.fill(canary);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(canary);
    await field.press('Enter');
    await page.getByText('Stored in GNOME Keyring, set just now').waitFor();
    expect(engine.settings.stored.get('supabase-token')).toBe(canary);
    expect(await everything(window)).not.toContain(canary);
    await page.getByLabel('Project reference').fill('abcdefghijklmnop');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.saved').waitFor();
    expect(engine.settings.document()).toMatchObject({
      providers: { supabase: { token: '${secret:supabase-token}', ref: 'abcdefghijklmnop' } },
    });
    expect(await everything(window)).not.toContain(canary);
    expect(problems).toEqual([]);
  });

  it('says where it is, is replaced, and deleted after one question', async () => {
    const window = await open('credentials');
    const { page, engine } = window;
    await page.getByText('From the environment variable SIGNALBOX_SECRET_DB_CONNECTION').waitFor();
    await page.getByText('Stored in GNOME Keyring, set 41 d ago').waitFor();
    await page.getByRole('button', { name: 'Replace vercel-token' }).click();
    await page.getByLabel('Value of vercel-token').fill(canary);
    await page.getByLabel('Value of vercel-token').press('Enter');
    await page.getByText('Stored in GNOME Keyring, set just now').waitFor();
    expect(await everything(window)).not.toContain(canary);
    await page.getByRole('button', { name: 'Delete old-token' }).click();
    await page.getByText('Nothing in the settings uses it.').waitFor();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect.poll(() => asked(engine, 'secret.delete')).toEqual([{ name: 'old-token' }]);
    await expect.poll(() => page.getByText('Stored, and used by nothing').count()).toBe(0);
  });

  it('that is written in the file stays hidden until it is replaced by a stored one', async () => {
    const document = { ...ninePanelsFile, alerts: { slack: { webhook: 'https://hooks.slack.com/services/T0/B0/secret' } } };
    const snapshot = sceneOf('green').snapshot;
    const { page, engine } = await stage.open({ snapshot, file: { document }, hash: 'settings=alerts', width: 1000 });
    await page.getByText('Written in the file; hidden here').waitFor();
    await page.getByRole('button', { name: 'Keep it in GNOME Keyring instead' }).click();
    await page.getByLabel('Webhook address, to be stored as slack-webhook').fill('https://hooks.slack.com/services/T0/B0/new');
    await page.getByRole('button', { name: 'Store' }).click();
    await page.getByText('Stored in GNOME Keyring, set just now').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.saved').waitFor();
    expect(engine.settings.document().alerts).toEqual({ slack: { webhook: '${secret:slack-webhook}' } });
  });

  it('that cannot be stored is kept in its field, with what to do', async () => {
    const { page, engine } = await open('credentials');
    const error = { code: 'keychain-locked', message: 'The keychain is locked.', next: 'Unlock it and try again.' };
    engine.answer('secret.set', () => ({ ok: false, error }));
    await page.getByLabel('Value of probe-password').fill('x');
    await page.getByLabel('Value of probe-password').press('Enter');
    await page.getByText('The keychain is locked. Unlock it and try again.').waitFor();
    expect(await page.getByLabel('Value of probe-password').inputValue()).toBe('x');
  });
});

describe('without a keychain', () => {
  it('says so at the top, and lets a credential come from the environment', async () => {
    const file = { keychainProblem: 'No Secret Service answers.' };
    const snapshot = sceneOf('green').snapshot;
    const { page, engine } = await stage.open({ snapshot, file, hash: 'settings=credentials', width: 1000 });
    await page.getByText('The keychain cannot be used. No Secret Service answers.').waitFor();
    await page.getByRole('link', { name: /^Alerts/ }).click();
    await page.getByRole('button', { name: 'Set up Slack' }).click();
    await page.getByText('SIGNALBOX_SECRET_SLACK_WEBHOOK').waitFor();
    await page.getByRole('button', { name: 'Use slack-webhook from the environment' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.saved').waitFor();
    expect(engine.settings.document()).toEqual({ alerts: { slack: { webhook: '${secret:slack-webhook}' } } });
    expect(engine.settings.stored.size).toBe(0);
  });
});

describe('a test', () => {
  it('of a channel needs saved settings, and says what came of it', async () => {
    const { page, engine } = await open('alerts');
    engine.settings.testing(() => ({ ok: false, message: 'Slack answered 404.' }));
    await page.getByRole('button', { name: 'Test Slack' }).click();
    await page.getByText('Does not work. Slack answered 404.').waitFor();
    expect(asked(engine, 'settings.test')).toEqual([{ test: { what: 'alert', channel: 'slack' } }]);
    await page.locator('.card', { hasText: 'Slack' }).getByLabel('Switched on').click();
    expect(await page.getByRole('button', { name: 'Test Slack' }).isDisabled()).toBe(true);
    await page.getByText('Save first').waitFor();
  });
});

describe('an import', () => {
  it('shows what it would change, and is in force only when saved', async () => {
    const { page, engine } = await open('file');
    const buffer = Buffer.from('// mine\n{ "monitors": [{ "id": "a", "kind": "http", "url": "https://a/" }] }');
    await page.getByLabel('Choose a file').setInputFiles({ name: 'settings.json', mimeType: 'application/json', buffer });
    await page.getByText('1 monitor instead of 6.').waitFor();
    await page.getByRole('button', { name: 'Use it' }).click();
    expect(engine.settings.document()).toEqual(ninePanelsFile);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.saved').waitFor();
    expect(engine.settings.document()).toEqual({ monitors: [{ id: 'a', kind: 'http', url: 'https://a/' }] });
    await page.getByLabel('Or paste its text').fill('{ "monitors": ');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('is not valid JSON').waitFor();
    expect(await page.getByRole('button', { name: /Use it/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Show the file' }).click();
    await expect.poll(() => asked(engine, 'settings.reveal').length).toBe(1);
  });
});

describe('a lever that is not set up', () => {
  it('leads to its settings, where the account that it needs can be set up too', async () => {
    const { page } = await stage.open(sceneOf('levers-spare'));
    await page.getByRole('button', { name: 'Set up Banner' }).click();
    await page.getByRole('button', { name: 'Set up Banner' }).click();
    await page.getByLabel('By way of').selectOption({ label: 'Statuspage' });
    await page.getByRole('button', { name: 'Set up Statuspage' }).click();
    await page.getByLabel('Token, to be stored as statuspage-token').waitFor();
  });
});

describe('the first run', () => {
  it('needs one address, by keyboard alone, and gives way to the line', async () => {
    const { page, engine, problems } = await stage.open({ ...sceneOf('first-run') });
    engine.settings.suggests(renderSuggestion);
    const reach = async (wanted: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab');
        const label = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement | null;
          return element?.labels?.[0]?.textContent ?? element?.textContent ?? '';
        });
        if (label.startsWith(wanted)) return;
      }
      throw new Error(`${wanted} was not reached with Tab`);
    };
    await page.getByLabel('Address of your API').waitFor();
    await reach('Address of your API');
    await page.keyboard.type('nine-panels.onrender.com');
    await page.keyboard.press('Enter');
    await page.locator('.proposal-title:focus').waitFor();
    await reach('Render · Status page');
    await page.keyboard.press('Space');
    await reach('render-token');
    await page.keyboard.type(canary);
    await reach('Start watching');
    await page.keyboard.press('Enter');
    await page.getByText('The first check is under way').waitFor();
    expect(engine.settings.document()).toEqual({
      monitors: [renderSuggestion.parts[0]?.value],
      providers: { render: { token: '${secret:render-token}' } },
    });
    expect(engine.settings.stored.get('render-token')).toBe(canary);
    expect(await page.content()).not.toContain(canary);
    engine.emit({ event: 'view.changed', monitors: [monitorOf('api', { name: 'API' })] });
    await page.locator('.monitor').waitFor();
    expect(problems).toEqual([]);
  });

  it('says when nothing could be made of an address, and keeps it', async () => {
    const { page } = await stage.open({ ...sceneOf('first-run') });
    const field = page.getByLabel('Address of your API');
    await field.fill('what?');
    await field.press('Enter');
    await page.getByText('No address could be made out in this.').waitFor();
    expect(await field.inputValue()).toBe('what?');
  });

  it('starts the rehearsal yard and links to it, where there is one', async () => {
    const { page } = await stage.open({ ...sceneOf('first-run') });
    await page.getByRole('button', { name: 'See it work' }).click();
    const link = page.getByRole('link', { name: 'Open its window' });
    expect(await link.getAttribute('href')).toBe('http://127.0.0.1:1/#token=yard');
    const without = { reveal: false, rehearse: false };
    const other = await stage.open({ ...sceneOf('first-run'), file: { can: without } });
    await other.page.getByRole('button', { name: 'Import a settings file' }).click();
    await other.page.getByLabel('Or paste its text').waitFor();
    expect(await other.page.getByRole('button', { name: 'Show the file' }).count()).toBe(0);
  });
});
