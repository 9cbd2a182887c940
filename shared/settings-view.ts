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
  secrets: z.array(secretView).max(500),
  keychain: z.object({ name: z.string().max(100), problem: z.string().max(500).nullable() }),
});
export type SettingsView = z.infer<typeof settingsView>;

export const settingsSaved = z.object({
  ok: z.boolean(),
  problems: z.array(settingsProblem).max(100),
  version: z.string().max(64),
});

/** What can be tried without saving: a monitor as it stands in the form, a provider's token, an alert channel. */
export const settingsTest = z.union([
  z.strictObject({ what: z.literal('monitor'), monitor: document }),
  z.strictObject({ what: z.literal('provider'), provider: z.enum(['vercel', 'render', 'supabase', 'statuspage']) }),
  z.strictObject({ what: z.literal('alert'), channel: channelName }),
]);
export type SettingsTest = z.infer<typeof settingsTest>;
export const testResult = z.object({ ok: z.boolean(), message: z.string().max(1_000) });

/** What a pasted address suggests: parts to add to the settings, each with the sentence that explains it. */
export const suggestion = z.object({
  /** For people: "An API on Render in Frankfurt". */
  title: z.string().max(200),
  parts: z
    .array(
      z.object({
        /** Where it goes: `monitors` is added to, any other path is set. */
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
