// The journeys through the settings: saved and in force at once, and a secret that goes in and never comes out.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { SettingsSaved, SettingsView, TestResult } from '../../../shared/settings-view.ts';
import { startSlack } from '../../../simulator/slack.ts';
import { Stage } from '../fake-electron/stage.ts';
import { keychainMissing, keyringSession } from '../keychain.ts';
import { ask, type Desktop, type Launch, startGreen, until } from './desktop.ts';

/** Changes the settings as the page does: all of the document, at the version that was read. */
async function save(desktop: Desktop, change: (document: Record<string, unknown>) => object): Promise<SettingsSaved> {
  const { document, version } = await ask<SettingsView>(desktop, 'settings.get');
  return await ask<SettingsSaved>(desktop, 'settings.save', { document: change(document), version });
}

export function settingsJourneys(launch: Launch): void {
  it('opens its settings from the tray; what is saved there is in force at once', async () => {
    await using stage = await Stage.set();
    await using desktop = await startGreen(launch, stage);
    await desktop.clickMenu('Settings…');
    const page = await desktop.page();
    await until(
      async () => page.url(),
      (url) => expect(url).toMatch(/#settings$/),
    );
    await page.getByRole('link', { name: /^App/ }).click();
    await page.getByLabel('Name of the product').fill('Ten Panels');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await until(
      () => desktop.tooltip(),
      (tooltip) => expect(tooltip).toMatch(/^Ten Panels: All clear/),
    );
    expect(readFileSync(stage.settings, 'utf8')).toContain('Ten Panels');

    // The engine, not the form, has the last word.
    const refused = await save(desktop, (document) => ({
      ...document,
      monitors: [{ id: 'api', kind: 'http', url: 'nonsense' }],
    }));
    expect(refused.outcome).toBe('invalid');
    expect(refused.problems[0]?.path).toContain('monitors');
    expect(await desktop.trayColour()).toBe('green');
    expect(desktop.problems).toEqual([]);
  });

  const missing = keychainMissing();
  if (missing) console.warn(`Left out: setting and testing a secret through the tray app, because ${missing}.`);
  it.skipIf(missing !== null)('keeps a secret in the keychain, tests it, and never shows it again (S-31)', async () => {
    const keyring = await keyringSession();
    const slack = await startSlack();
    const canary = randomBytes(12).toString('hex');
    try {
      await keyring.start('unlocked');
      await using stage = await Stage.set();
      stage.change((settings) => ({ ...settings, alerts: { slack: { webhook: `\${secret:slack-webhook}` } } }));
      const { DBUS_SESSION_BUS_ADDRESS } = keyring.env;
      await using desktop = await startGreen(launch, { args: stage.args, env: { ...stage.env, DBUS_SESSION_BUS_ADDRESS } });
      const page = await desktop.page();
      const asked: string[] = [];
      const listen = await page.evaluateHandle(() => {
        const heard: string[] = [];
        const pipe = Reflect.get(window, 'signalbox') as { subscribe(listener: (event: unknown) => void): () => void };
        pipe.subscribe((event) => heard.push(JSON.stringify(event)));
        return heard;
      });

      const value = `${slack.webhook}#${canary}`;
      asked.push(JSON.stringify(await ask(desktop, 'secret.set', { name: 'slack-webhook', value })));
      const view = await ask<SettingsView>(desktop, 'settings.get');
      const [secret] = view.secrets.filter(({ name }) => name === 'slack-webhook');
      expect(secret).toMatchObject({ source: 'keychain', setAt: expect.stringMatching(/^20\d\d-/) });
      const tested = await ask<TestResult>(desktop, 'settings.test', { test: { what: 'alert', channel: 'slack' } });
      expect(tested.message).not.toBe('');
      expect(tested.ok, tested.message).toBe(true);
      expect(slack.posts).toHaveLength(1);

      await desktop.clickMenu('Settings…');
      await page.locator('body').waitFor();
      asked.push(JSON.stringify(view), JSON.stringify(tested), JSON.stringify(await ask(desktop, 'snapshot.get')));
      const seen = [await page.content(), ...(await listen.jsonValue()), ...asked].join('\n');
      expect(seen).not.toContain(canary);
      expect(readFileSync(stage.settings, 'utf8')).not.toContain(canary);

      await ask(desktop, 'secret.delete', { name: 'slack-webhook' });
      const after = await ask<SettingsView>(desktop, 'settings.get');
      expect(after.secrets.find(({ name }) => name === 'slack-webhook')?.source ?? null).toBeNull();
    } finally {
      await slack.stop();
      await keyring.close();
    }
  });
}
