// What the settings window sees and may ask (WINDOW part 7): the file as it is written, its schema, which secrets are set and
// where; never a secret's value.
import { z } from 'zod';
import { secretName } from './settings.ts';
import { channelName } from './snapshot.ts';

/** Any JSON object; what is in it is checked by the settings' own schema. */
const document = z.record(z.string().max(200), z.unknown());

export const settingsProblem = z.object({
  /** As in the message of an invalid file: `monitors[0].url`; empty for the file as a whole. */
  path: z.string().max(500),
  message: z.string().max(1_000),
});
export type SettingsProblem = z.infer<typeof settingsProblem>;

export const secretView = z.object({
  name: secretName,
  /** Paths in the settings that refer to it. */
  usedBy: z.array(z.string().max(200)).max(200),
  source: z.enum(['keychain', 'environment']).nullable(),
  /** When it was stored in the keychain; null when it is not there. */
  setAt: z.iso.datetime().nullable(),
});
export type SecretView = z.infer<typeof secretView>;

export const settingsView = z.object({
  file: z.string().max(2_000),
  /** The file's own values, with `${secret:…}` as written and without defaults. */
  document,
  /** JSON Schema (draft 2020-12) of the file; forms are made of it. */
  schema: document,
  /** Changes whenever the file does; given back when saving, so that nobody's edit is lost. */
  version: z.string().max(64),
  /** Those that the file refers to, and those stored by name without being referred to (`usedBy` is empty then). */
  secrets: z.array(secretView).max(500),
  /** What this face can do beyond the contract's common part. */
  can: z.object({
    /** Show the file in a file manager (`settings.reveal`). */
    reveal: z.boolean(),
    /** Start the rehearsal yard (`setup.rehearse`): from a checkout only. */
    rehearse: z.boolean(),
  }),
  keychain: z.object({ name: z.string().max(100), problem: z.string().max(500).nullable() }),
});
export type SettingsView = z.infer<typeof settingsView>;

export const settingsSaved = z.object({
  /** `invalid`: `problems` say why; `changed`: somebody else has changed the file since `version`. Neither wrote anything. */
  outcome: z.enum(['saved', 'invalid', 'changed']),
  problems: z.array(settingsProblem).max(100),
  /** Of the file as it is now. */
  version: z.string().max(64),
});
export type SettingsSaved = z.infer<typeof settingsSaved>;

/** What can be tried without saving: a monitor as it stands in the form, a provider's token, an alert channel. */
export const settingsTest = z.union([
  z.strictObject({ what: z.literal('monitor'), monitor: document }),
  z.strictObject({ what: z.literal('provider'), provider: z.enum(['vercel', 'render', 'supabase', 'statuspage']) }),
  z.strictObject({ what: z.literal('alert'), channel: channelName }),
]);
export type SettingsTest = z.infer<typeof settingsTest>;
export const testResult = z.object({ ok: z.boolean(), message: z.string().max(1_000) });
export type TestResult = z.infer<typeof testResult>;

/** What a pasted address suggests: parts to add to the settings, each with the sentence that explains it. */
export const suggestion = z.object({
  /** For people: "An API on Render in Frankfurt". */
  title: z.string().max(200),
  parts: z
    .array(
      z.object({
        /** Where it goes: at `monitors`, `value` is one monitor and is added; at any other path (`providers.render`) it is set. */
        path: z.string().max(100),
        value: z.unknown(),
        why: z.string().max(300),
      }),
    )
    .max(20),
  /** Secrets that these parts refer to. */
  secrets: z.array(secretName).max(10),
});
export type Suggestion = z.infer<typeof suggestion>;
