// A settings desk that only remembers what it was asked, for tests of the pipe.
import type { SettingsDesk } from '../../../main/ipc/settings-handlers.ts';
import type { SettingsView } from '../../../shared/settings-view.ts';
import { at } from './samples.ts';

export const sampleView: SettingsView = {
  file: 'settings.json',
  document: { monitors: [{ id: 'api', kind: 'http', url: 'https://api.example.com/' }] },
  schema: { type: 'object' },
  version: 'v1',
  secrets: [{ name: 'database-url', usedBy: ['dump.connection'], source: 'keychain', setAt: at }],
  can: { reveal: true, rehearse: false },
  keychain: { name: 'Secret Service', problem: null },
};

export function sampleDesk(change: Partial<SettingsDesk> = {}) {
  const asked: { readonly what: string; readonly with: readonly unknown[] }[] = [];
  const note = (what: string, ...rest: readonly unknown[]): void => void asked.push({ what, with: rest });
  const desk: SettingsDesk = {
    view: async () => sampleView,
    save(document, version) {
      note('save', document, version);
      return { outcome: 'saved', problems: [], version: 'v2' };
    },
    parse: () => ({ document: { monitors: [] }, problems: [] }),
    async test(what) {
      note('test', what);
      return { ok: true, message: 'Up in 42 ms.' };
    },
    reveal: () => note('reveal'),
    suggest: (address) => ({ title: address.slice(0, 100), parts: [], secrets: [] }),
    rehearse: async () => ({ url: 'http://127.0.0.1:4290/' }),
    setSecret: async (name) => note('setSecret', name),
    deleteSecret: async (name) => note('deleteSecret', name),
    ...change,
  };
  return { desk, asked };
}
