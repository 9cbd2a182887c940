// The states that the settings and the first run are designed for.
import type { Page } from 'playwright';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { SettingsStart } from './fake-settings.ts';
import type { Scene } from './scenes.ts';
import { iso, snapshotOf } from './view-fixtures.ts';

const day = 86_400_000;

/** The first user's settings, as they would be written. */
export const ninePanelsFile = {
  $schema: './signalbox.schema.json',
  app: { name: 'Nine Panels' },
  monitors: [
    { id: 'api', name: 'API (Frankfurt)', kind: 'http', role: 'api-primary', url: 'https://api.example.com/' },
    {
      id: 'login',
      name: 'Log in (reads the database)',
      kind: 'http',
      role: 'api-primary',
      url: 'https://api.example.com/login',
      method: 'POST',
      headers: { 'x-probe': '1', authorization: 'Bearer ${secret:probe-token}' },
      form: { user: 'probe', password: '${secret:probe-password}' },
      expect: { status: ['200-299', 303], json: [{ path: '$.ok', equals: true }] },
      interval: '1m',
    },
    {
      id: 'standby',
      name: 'API (Oregon, free)',
      kind: 'http',
      role: 'api-standby',
      url: 'https://standby.example.com/',
      coldStart: '60s',
    },
    { id: 'db', name: 'Postgres', kind: 'postgres', role: 'database', connection: '${secret:db-connection}' },
    { id: 'web', name: 'Front end', kind: 'http', role: 'frontend', url: 'https://example.com/' },
    {
      id: 'render',
      name: 'Render',
      kind: 'status-page',
      role: 'provider',
      url: 'https://status.render.com',
      components: ['Frankfurt / Web Services'],
    },
  ],
  alerts: {
    slack: { webhook: '${secret:slack-webhook}' },
    rollbar: { token: '${secret:rollbar-token}', readToken: '${secret:rollbar-read-token}' },
  },
  providers: { vercel: { token: '${secret:vercel-token}', project: 'nine-panels' } },
  traffic: {
    via: ['promote-twin', 'vercel-env'],
    variable: 'VITE_SERVER_ROOT',
    primary: 'https://api.example.com',
    standby: 'https://standby.example.com',
    verifyUrl: 'https://example.com/',
  },
  dump: { connection: '${secret:db-connection}', directory: '~/dumps' },
  maintenance: [{ from: '2026-12-01T22:00:00Z', to: '2026-12-01T23:30:00Z', reason: 'Postgres 17', monitors: ['db', 'login'] }],
} as const;

export function ninePanelsSettings(now: number): SettingsStart {
  const stored = (days: number) => ({ source: 'keychain', setAt: iso(now - days * day - 120_000) }) as const;
  return {
    document: ninePanelsFile,
    secrets: {
      'rollbar-token': stored(3),
      'slack-webhook': stored(3),
      'vercel-token': stored(41),
      'db-connection': { source: 'environment', setAt: null },
      'probe-token': stored(3),
      'old-token': stored(200),
    },
  };
}

/** What an address on Render suggests. */
export const renderSuggestion = {
  title: 'An API on Render, in Frankfurt by its status page',
  parts: [
    {
      path: 'monitors',
      value: { id: 'api', name: 'API', kind: 'http', role: 'api-primary', url: 'https://nine-panels.onrender.com/' },
      why: 'Checks the address every 30 s.',
    },
    {
      path: 'monitors',
      value: { id: 'render', name: 'Render', kind: 'status-page', role: 'provider', url: 'https://status.render.com' },
      why: 'Tells an outage of Render from one of yours.',
    },
    {
      path: 'providers.render',
      value: { token: '${secret:render-token}' },
      why: 'Reads deploys and logs when something breaks.',
    },
  ],
  secrets: ['render-token'],
};

const openSection =
  (section: string, ...names: readonly string[]) =>
  async (page: Page): Promise<void> => {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `settings=${section}`);
    await page.locator('.settings-body').waitFor();
    for (const name of names) await page.getByRole('button', { name }).first().click();
  };

export function settingsScenes(green: Snapshot, now: number): Scene[] {
  const file = ninePanelsSettings(now);
  const scene = (name: string, act: Scene['act'], other: Partial<Scene> = {}): Scene => ({
    ...{ name: `settings-${name}`, snapshot: green, replies: {}, file },
    ...(act ? { act } : {}),
    ...other,
  });
  const empty = snapshotOf([], { signal: { colour: 'grey', reasons: [], since: iso(now - 12_000) } });
  const withProblems = async (page: Page): Promise<void> => {
    await openSection('monitors', 'API (Frankfurt)')(page);
    await page.getByLabel('Address').fill('not an address');
    await page.getByLabel('Check every').fill('soon');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.problem-summary').waitFor();
  };
  const changedElsewhere: Scene['act'] = async (page, engine) => {
    await openSection('app')(page);
    await page.getByLabel('Name of the product').fill('Ten Panels');
    engine.settings.writeElsewhere({ ...ninePanelsFile, app: { name: 'Theirs' } });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Load theirs' }).waitFor();
  };
  const tested: Scene['act'] = async (page, engine) => {
    engine.settings.testing(() => ({ ok: false, message: 'Slack answered 404: no_service. Make a new webhook and store it.' }));
    await openSection('alerts', 'Test Slack')(page);
    await page.getByText('Does not work.').waitFor();
  };
  const imported = async (page: Page): Promise<void> => {
    await openSection('file')(page);
    await page.getByLabel('Or paste its text').fill('{ "monitors": [{ "id": "a", "kind": "http" }], "alerts": {} }');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.locator('.lever-offer').waitFor();
  };
  const suggested: Scene['act'] = async (page, engine) => {
    engine.settings.suggests(renderSuggestion);
    await page.getByLabel('Address of your API').fill('https://nine-panels.onrender.com');
    await page.getByLabel('Address of your API').press('Enter');
    await page.locator('.proposal').waitFor();
  };
  const waitForFirstRun = (page: Page): Promise<void> => page.getByRole('button', { name: 'See it work' }).waitFor();
  return [
    scene('overview', openSection('')),
    scene('monitors', openSection('monitors', 'Postgres')),
    scene('monitor-more', openSection('monitors', 'Log in', 'More')),
    scene('problems', withProblems),
    scene('alerts', tested),
    scene('providers', openSection('providers', 'Set up Render')),
    scene('traffic', openSection('traffic')),
    scene('dump', openSection('dump', 'More')),
    scene('connectivity', openSection('connectivity', 'Choose others')),
    scene('maintenance', openSection('maintenance')),
    scene('credentials', openSection('credentials', 'Delete old-token')),
    scene('no-keychain', openSection('credentials'), {
      file: {
        ...file,
        secrets: {},
        keychainProblem: 'No Secret Service answers on this session: start gnome-keyring or KWallet.',
      },
    }),
    scene('import', imported),
    scene('changed', changedElsewhere),
    { name: 'first-run', snapshot: empty, replies: {}, act: waitForFirstRun },
    { name: 'first-run-suggested', snapshot: empty, replies: {}, act: suggested },
  ];
}
