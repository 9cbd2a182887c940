// The outage handled from the tray's menu: three clicks, the yard's production, a real pg_dump; and the way back, which a person
// is asked about in the window.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startYard } from '../../../simulator/yard.ts';
import { Stage } from '../fake-electron/stage.ts';
import { type Launch, startGreen, until, untilColour, untilInMenu, untilVisible } from './desktop.ts';

export function leverJourneys(launch: Launch): void {
  it('handles the outage of Frankfurt by three clicks in the tray, and is asked before it goes back', async () => {
    await using stage = await Stage.set();
    const yard = await startYard({ fast: true });
    try {
      const data = join(yard.folder, 'signalbox');
      const settings = join(yard.folder, 'settings.json');
      mkdirSync(data, { mode: 0o700 });
      writeFileSync(settings, JSON.stringify(yard.settings({})));
      const env = { ...stage.env, ...yard.secrets({}) };
      await using desktop = await startGreen(launch, { args: ['--config', settings, '--data', data], env });
      await untilInMenu(desktop, 'Put the banner up…', 'Move traffic to the standby…', 'Dump now');
      await desktop.closeWindow();
      await untilVisible(desktop, false);
      await yard.switch('api-refuse', true);
      await untilColour(desktop, 'red');

      await desktop.clickMenu('Put the banner up…');
      await desktop.clickMenu('Move traffic to the standby…');
      await desktop.clickMenu('Dump now');
      await untilInMenu(desktop, 'Take the banner down', 'Move traffic back to the primary…', 'Dump now');

      // What a user's browser gets, not what Signalbox says.
      const config = (await (await fetch(`${yard.production.url}/config.json`)).json()) as {
        readonly banner: { readonly on: boolean };
      };
      expect(config.banner.on).toBe(true);
      expect(yard.vercel.current()?.env.VITE_SERVER_ROOT).toBe(yard.standby.url);
      expect(readdirSync(join(yard.folder, 'dumps')).filter((name) => /_PRODUCTION_data_only\.dump$/.test(name))).toHaveLength(1);
      expect(await desktop.isVisible()).toBe(false);

      await yard.switch('api-refuse', false);
      await untilColour(desktop, 'green');
      await desktop.clickMenu('Take the banner down');
      await untilInMenu(desktop, 'Put the banner up…');
      await desktop.clickMenu('Move traffic back to the primary…');
      await untilVisible(desktop, true);
      const page = await desktop.page();
      await until(
        async () => page.url(),
        (url) => expect(url).toMatch(/#lever=traffic$/),
      );
      expect(yard.vercel.current()?.env.VITE_SERVER_ROOT).toBe(yard.standby.url);
      const traffic = page.locator('[data-lever=traffic]');
      await traffic.getByRole('button', { name: 'Move back to the primary' }).click();
      await traffic.getByRole('heading', { name: 'What will change' }).waitFor();
      await traffic.getByRole('button', { name: 'Move back to the primary' }).click();
      await untilInMenu(desktop, 'Move traffic to the standby…');
      expect(yard.vercel.current()?.env.VITE_SERVER_ROOT).toBe(yard.api.url);
      expect(desktop.problems).toEqual([]);
    } finally {
      await yard.stop();
    }
  }, 180_000);
}
