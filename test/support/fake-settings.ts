// The settings as the window meets them: one file in memory, checked by the real schema, its secrets known by name only.
import { createHash } from 'node:crypto';
import { settings } from '../../main/checks/registry.ts';
import { settingsJsonSchema } from '../../main/storage/json-schema.ts';
import { hideSecrets, restoreSecrets } from '../../main/storage/settings-hidden.ts';
import { settingsPath, settingsProblems } from '../../main/storage/settings-problem.ts';
import { parseSettingsText, withoutComments } from '../../main/storage/settings-text.ts';
import { faultOf } from '../../shared/fault.ts';
import type { Input, MethodName, Output, Reply } from '../../shared/ipc.ts';
import { secretsIn } from '../../shared/settings.ts';
import type { SettingsProblem, SettingsView, Suggestion, TestResult } from '../../shared/settings-view.ts';

type Raw = Readonly<Record<string, unknown>>;
type Played = Extract<MethodName, `settings.${string}` | `setup.${string}` | `secret.${string}`>;
type Answers = { readonly [M in Played]: (input: Input<M>) => Reply<Output<M>> | Promise<Reply<Output<M>>> };
type Stored = { readonly source: 'keychain' | 'environment'; readonly setAt: string | null };

/** What stands in the file and beside it when a test begins. */
export type SettingsStart = {
  readonly document?: Raw;
  readonly secrets?: Readonly<Record<string, Stored>>;
  readonly can?: SettingsView['can'];
  readonly keychainProblem?: string;
};

export type FakeSettings = {
  readonly answers: Answers;
  /** The file as it stands. */
  document(): Raw;
  /** Values that were stored, by name: what no answer may ever give back. */
  readonly stored: ReadonlyMap<string, string>;
  /** Somebody else writes the file. */
  writeElsewhere(document: Raw): void;
  /** What setup.suggest makes of any address. */
  suggests(suggestion: Suggestion | null): void;
  /** What comes of tests; a promise keeps the window waiting. */
  testing(answer: () => TestResult | Promise<TestResult>): void;
};

const done = { ok: true, value: { ok: true } } as const;
const schema = settingsJsonSchema(settings);
const versionOf = (document: Raw): string => createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 16);

export function playSettings(start: SettingsStart = {}): FakeSettings {
  let document: Raw = start.document ?? {};
  const secrets = new Map<string, Stored>(Object.entries(start.secrets ?? {}));
  const stored = new Map<string, string>();
  let suggestion: Suggestion | null = null;
  let test: () => TestResult | Promise<TestResult> = () => ({ ok: true, message: 'It answers as it should.' });

  const view = (): SettingsView => {
    const used = secretsIn(document);
    const names = [...new Set([...used, ...secrets.keys()])];
    return {
      file: '/home/dev/.config/signalbox/settings.json',
      document: hideSecrets(document, [...stored.values()]),
      schema,
      version: versionOf(document),
      secrets: names.map((name) => {
        const { source, setAt } = secrets.get(name) ?? { source: null, setAt: null };
        return { name, usedBy: usersOf(document, name), source, setAt };
      }),
      can: start.can ?? { reveal: true, rehearse: true },
      keychain: { name: 'GNOME Keyring', problem: start.keychainProblem ?? null },
    };
  };
  const check = (raw: Raw): SettingsProblem[] => {
    const parsed = settings.safeParse(raw);
    return parsed.success ? [] : settingsProblems(raw, parsed.error, settings);
  };
  const answers: Answers = {
    'settings.get': () => ({ ok: true, value: view() }),
    'settings.save': ({ document: next, version }) => {
      const answer = (outcome: 'saved' | 'invalid' | 'changed', problems: SettingsProblem[] = []) =>
        ({ ok: true, value: { outcome, problems, version: versionOf(document) } }) as const;
      if (version !== versionOf(document)) return answer('changed');
      const { document: whole, lost } = restoreSecrets(next, document, [...stored.values()]);
      const message = 'what was hidden here is gone; write it again';
      const problems = [...lost.map((path) => ({ path: settingsPath(path), message })), ...check(whole)];
      if (problems.length > 0) return answer('invalid', problems);
      document = whole;
      return answer('saved');
    },
    'settings.parse': ({ text }) => {
      try {
        const read = parseSettingsText(withoutComments(text), 'The text');
        return { ok: true, value: { document: read, problems: check(read) } };
      } catch (error: unknown) {
        return { ok: true, value: { document: null, problems: [{ path: '', message: faultOf(error).message }] } };
      }
    },
    'settings.test': async () => ({ ok: true, value: await test() }),
    'settings.reveal': () => done,
    'setup.suggest': () => ({ ok: true, value: suggestion }),
    'setup.rehearse': () => ({ ok: true, value: { url: 'http://127.0.0.1:1/#token=yard' } }),
    'secret.set': ({ name, value }) => {
      stored.set(name, value);
      secrets.set(name, { source: 'keychain', setAt: new Date().toISOString() });
      return done;
    },
    'secret.delete': ({ name }) => {
      secrets.delete(name);
      return done;
    },
  };
  return {
    answers,
    document: () => document,
    stored,
    writeElsewhere: (next) => {
      document = next;
    },
    suggests: (next) => {
      suggestion = next;
    },
    testing: (answer) => {
      test = answer;
    },
  };
}

/** Paths in the settings that refer to a secret. */
function usersOf(value: unknown, name: string, path: readonly (string | number)[] = []): string[] {
  if (typeof value === 'string') return value.includes(`\${secret:${name}}`) ? [settingsPath(path)] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => usersOf(item, name, [...path, index]));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => usersOf(item, name, [...path, key]));
}
