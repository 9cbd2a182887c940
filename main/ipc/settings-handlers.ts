// The contract's settings, setup and secret methods. What they work on is a desk that compose builds; a secret's value goes in
// here and never comes out.
import type {
  SettingsProblem,
  SettingsSaved,
  SettingsTest,
  SettingsView,
  Suggestion,
  TestResult,
} from '../../shared/settings-view.ts';
import type { Handlers } from './dispatch.ts';

export type RawDocument = Readonly<Record<string, unknown>>;

/** Everything the settings window works on. Methods throw a FaultError where a sentence for a person is not the answer. */
export type SettingsDesk = {
  view(): Promise<SettingsView>;
  /** Writes all of `document` or nothing; what stands in the way is in the answer. */
  save(document: RawDocument, version: string): SettingsSaved;
  /** Reads text as a settings file; changes nothing. */
  parse(text: string): { readonly document: RawDocument | null; readonly problems: readonly SettingsProblem[] };
  /** Tries one thing. Rejects for nothing that the other side says or does not say. */
  test(what: SettingsTest): Promise<TestResult>;
  reveal(): void;
  suggest(address: string): Suggestion | null;
  /** Resolves with the address of the yard's window once it is there. */
  rehearse(): Promise<{ readonly url: string }>;
  setSecret(name: string, value: string): Promise<void>;
  /** Deleting what is not there is done already. */
  deleteSecret(name: string): Promise<void>;
};

export type SettingsDeps = { readonly desk: SettingsDesk };

type SettingsMethods = Extract<keyof Handlers, `settings.${string}` | `setup.${string}` | `secret.${string}`>;

export function makeSettingsHandlers({ desk }: SettingsDeps): Pick<Handlers, SettingsMethods> {
  const ok = { ok: true } as const;
  return {
    'settings.get': () => desk.view(),
    'settings.save': ({ document, version }) => desk.save(document, version),
    'settings.parse': ({ text }) => {
      const { document, problems } = desk.parse(text);
      return { document, problems: [...problems] };
    },
    'settings.test': ({ test }) => desk.test(test),
    'settings.reveal': () => {
      desk.reveal();
      return ok;
    },
    'setup.suggest': ({ address }) => desk.suggest(address),
    'setup.rehearse': () => desk.rehearse(),
    'secret.set': async ({ name, value }) => {
      await desk.setSecret(name, value);
      return ok;
    },
    'secret.delete': async ({ name }) => {
      await desk.deleteSecret(name);
      return ok;
    },
  };
}
