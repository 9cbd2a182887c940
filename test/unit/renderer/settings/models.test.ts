// Credentials, sections, monitors, imports and suggestions as pure functions.
import { describe, expect, it } from 'vitest';
import {
  credentialState,
  environmentName,
  hidesSomething,
  isCredential,
  referencesIn,
  referenceTo,
  suggestedName,
  whereabouts,
} from '../../../../renderer/settings/credentials.ts';
import { compare } from '../../../../renderer/settings/import-model.ts';
import { copyOf, freeId, monitorTarget, monitorTitle, newMonitor } from '../../../../renderer/settings/monitors-model.ts';
import { changedSections, sectionOf, sections, summaryOf } from '../../../../renderer/settings/sections.ts';
import { merged, partTitle, secretsOf } from '../../../../renderer/settings/setup-model.ts';
import type { SecretView } from '../../../../shared/settings-view.ts';
import { ninePanelsFile, renderSuggestion } from '../../../support/settings-scenes.ts';

describe('credentials', () => {
  it.each([
    [['alerts', 'rollbar', 'token'], null, [], 'rollbar-token'],
    [['alerts', 'rollbar', 'readToken'], null, [], 'rollbar-read-token'],
    [['alerts', 'slack', 'webhook'], null, ['slack-webhook'], 'slack-webhook-2'],
    [['dump', 'connection'], null, [], 'dump-connection'],
    [['monitors', 3, 'connection'], 'db', [], 'db-connection'],
    [['monitors', 3, 'connection'], '__x Y', [], 'x-y-connection'],
  ])('at %j are called', (path, id, taken, expected) => expect(suggestedName(path, id, taken)).toBe(expected));

  it('stand empty, stored, hidden or as text', () => {
    expect(credentialState(undefined)).toEqual({ at: 'empty' });
    expect(credentialState(referenceTo('db-connection'))).toEqual({ at: 'stored', name: 'db-connection' });
    expect(credentialState('•••')).toEqual({ at: 'hidden' });
    expect(credentialState('postgres://u:•••@h/db')).toEqual({ at: 'text' });
    expect(hidesSomething('postgres://u:•••@h/db')).toBe(true);
    expect(credentialState('postgres://u:${secret:pw}@h/db')).toEqual({ at: 'text' });
  });

  it('are found by key, and references anywhere', () => {
    expect(isCredential(['monitors', 0, 'connection'])).toBe(true);
    expect(isCredential(['monitors', 0, 'url'])).toBe(false);
    expect(referencesIn({ a: ['x ${secret:one} ${secret:two}', { b: '${secret:one}' }], c: '${secret:NOT}' })).toEqual([
      'one',
      'two',
    ]);
  });

  it('say where they are', () => {
    const now = Date.parse('2026-01-04T00:00:00Z');
    const secret: SecretView = { name: 'rollbar-token', usedBy: [], source: 'keychain', setAt: '2026-01-01T00:00:00Z' };
    expect(whereabouts(secret, 'GNOME Keyring', now)).toBe('Stored in GNOME Keyring, set 3 d ago');
    expect(whereabouts({ ...secret, setAt: null }, 'Keychain', now)).toBe('Stored in Keychain');
    expect(whereabouts({ ...secret, source: 'environment', setAt: null }, 'Keychain', now)).toBe(
      'From the environment variable SIGNALBOX_SECRET_ROLLBAR_TOKEN',
    );
    expect(whereabouts({ ...secret, source: null, setAt: null }, 'Keychain', now)).toBe('Not stored yet');
    expect(whereabouts(undefined, 'Keychain', now)).toBe('Not stored yet');
    expect(environmentName('a.b--c')).toBe('SIGNALBOX_SECRET_A_B__C');
  });
});

describe('sections', () => {
  it('hold every key of the file once', () => {
    const keys = sections.flatMap((section) => section.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of Object.keys(ninePanelsFile)) expect(keys).toContain(key);
  });

  it('know where a problem belongs', () => {
    expect(sectionOf('monitors[0].url')).toBe('monitors');
    expect(sectionOf('limits.perHost')).toBe('connectivity');
    expect(sectionOf('')).toBeNull();
    expect(sectionOf('nonsense')).toBeNull();
  });

  it('tell what differs, also keys that nobody knows', () => {
    const titles = (now: Record<string, unknown>, before: Record<string, unknown>): string[] =>
      changedSections(now, before).map(({ title }) => title);
    expect(titles(ninePanelsFile, ninePanelsFile)).toEqual([]);
    expect(titles({ ...ninePanelsFile, app: { name: 'X' } }, ninePanelsFile)).toEqual(['App']);
    expect(titles({ limits: { perHost: 3 } }, {})).toEqual(['Connectivity & limits']);
    expect(titles({ surprise: 1 }, {})).toEqual(['Settings file']);
  });

  it('summarise themselves', () => {
    const words = Object.fromEntries(sections.map(({ id }) => [id, summaryOf(id, ninePanelsFile)]));
    expect(words).toMatchObject({
      monitors: '6 monitors',
      alerts: 'Desktop, Rollbar, Slack',
      maintenance: '1 window',
      connectivity: 'as usual',
      heartbeat: 'not set up',
      providers: 'Vercel',
      banner: 'not set up',
      traffic: 'by hand',
      dump: '~/dumps',
      app: 'Nine Panels',
    });
    expect(summaryOf('alerts', { alerts: { desktop: { enabled: false } } })).toBe('nobody is told');
    expect(summaryOf('connectivity', { connectivity: { probes: [] } })).toBe('guard off');
  });

  it('do not fall over what is not as it should be', () => {
    for (const { id } of sections) {
      for (const wrong of [null, 'text', 7, [null], { via: 3 }]) expect(typeof summaryOf(id, { [id]: wrong })).toBe('string');
    }
  });
});

describe('monitors', () => {
  const monitors = [{ id: 'api' }, { id: 'api-2' }, null];

  it('get ids of their own', () => {
    expect(freeId('api', monitors)).toBe('api-3');
    expect(newMonitor('postgres', monitors)).toEqual({ id: 'db', kind: 'postgres' });
    expect(newMonitor('something-new', [])).toEqual({ id: 'something-new', kind: 'something-new' });
    expect(copyOf({ id: 'api-2', name: 'API', kind: 'http' }, monitors)).toEqual({
      id: 'api-3',
      name: 'API (copy)',
      kind: 'http',
    });
  });

  it('are called by name, then id', () => {
    expect(monitorTitle({ id: 'api', name: ' ' })).toBe('api');
    expect(monitorTitle({})).toBe('New monitor');
    expect(monitorTarget({ host: 'h', port: 5432 })).toBe('h:5432');
    expect(monitorTarget({ connection: 'postgres://u:p@h' })).toBe('');
  });
});

describe('an import', () => {
  it('says what it would change', () => {
    expect(compare({ monitors: [{}], dump: {} }, { monitors: [], traffic: {} })).toEqual({
      monitors: '1 monitor instead of 0',
      changed: ['Monitors', 'Traffic', 'Dump'],
    });
    expect(compare({}, {})).toEqual({ monitors: '0 monitors', changed: [] });
  });
});

describe('a suggestion', () => {
  it('is merged: monitors are added, anything else is set', () => {
    const before = {
      app: { name: 'X' },
      monitors: [{ id: 'api', kind: 'http', url: 'https://other/' }],
      providers: { vercel: { token: 'x' } },
    };
    const after = merged(before, renderSuggestion.parts);
    expect(after).toMatchObject({
      app: { name: 'X' },
      monitors: [{ id: 'api', url: 'https://other/' }, { id: 'api-2' }, { id: 'render' }],
      providers: { vercel: { token: 'x' }, render: { token: '${secret:render-token}' } },
    });
    expect(before.monitors.length).toBe(1);
  });

  it('asks for the secrets of the chosen parts only', () => {
    expect(secretsOf(renderSuggestion.parts)).toEqual(['render-token']);
    expect(secretsOf(renderSuggestion.parts.slice(0, 2))).toEqual([]);
  });

  it('names its parts', () => {
    expect(renderSuggestion.parts.map(partTitle)).toEqual([
      'API · HTTP · nine-panels.onrender.com',
      'Render · Status page · status.render.com',
      'Render',
    ]);
  });
});
