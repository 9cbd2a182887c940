// The desk behind the settings window: reads and writes the file, hides what must not be seen, tries things out. Joins the
// adapters for it; what the settings mean is theirs.
import { setTimeout as delay } from 'node:timers/promises';
import { FaultError, faultOf } from '../shared/fault.ts';
import type { Observation } from '../shared/observation.ts';
import { mask } from '../shared/redact.ts';
import type { Settings } from '../shared/settings.ts';
import type {
  SecretView,
  SettingsProblem,
  SettingsSaved,
  SettingsTest,
  SettingsView,
  TestResult,
} from '../shared/settings-view.ts';
import { duration, latency } from '../shared/words.ts';
import { settings as settingsFormat } from './checks/registry.ts';
import { userAgent } from './checks/user-agent.ts';
import { whoami } from './compose-whoami.ts';
import type { CheckRunner, Clock } from './engine/ports.ts';
import type { RawDocument, SettingsDesk } from './ipc/settings-handlers.ts';
import { suggest } from './setup/suggest.ts';
import { settingsJsonSchema } from './storage/json-schema.ts';
import type { KeychainState, SecretStore } from './storage/secrets.ts';
import type { SettingsFile } from './storage/settings.ts';
import { documentIn, excess, secretUses, writtenFile } from './storage/settings-document.ts';
import { hideSecrets, restoreSecrets } from './storage/settings-hidden.ts';
import { settingsPath, settingsProblems } from './storage/settings-problem.ts';

export type SettingsSurroundings = {
  readonly file: SettingsFile;
  readonly settings: () => Settings;
  readonly secrets: SecretStore;
  readonly runner: CheckRunner;
  readonly clock: Clock;
  /** One test message by a configured channel. */
  readonly testAlert: (channel: Extract<SettingsTest, { readonly what: 'alert' }>['channel']) => Promise<TestResult>;
  /** Absent where this face cannot. */
  readonly reveal?: ((path: string) => void) | undefined;
  readonly rehearse?: (() => Promise<{ readonly url: string }>) | undefined;
  /** Ends whatever is being tried out. */
  readonly signal: AbortSignal;
};

/** A locked keychain asks its owner, who may be elsewhere: the window opens all the same. */
const keychainMs = 5_000;
const providerMs = 20_000;
/** As the page waits for a test. */
const testMs = 170_000;

export function composeSettings(around: SettingsSurroundings): SettingsDesk {
  const { file, secrets, signal } = around;
  /** The file's own words when it was last good. */
  let good: RawDocument = writtenFile(file.file).document ?? {};
  /** The text that was read last and may be what is saved next: what was hidden in it is put back from here. */
  let imported: RawDocument | null = null;
  const keychain = boundedState(secrets);

  const present = (): { readonly version: string; readonly document: RawDocument } => {
    const { version, document } = writtenFile(file.file);
    if (document !== null && settingsFormat.safeParse(document).success) good = document;
    return { version, document: document ?? good };
  };
  const restored = (document: RawDocument): ReturnType<typeof restoreSecrets> => {
    const known = secrets.knownValues();
    const first = imported === null ? { document, lost: [] } : restoreSecrets(document, imported, known);
    return restoreSecrets(first.document, present().document, known);
  };

  return {
    async view() {
      const { version, document } = present();
      const state = await keychain();
      return {
        file: file.file,
        document: hideSecrets(document, secrets.knownValues()),
        schema: settingsJsonSchema(settingsFormat),
        version,
        secrets: await secretViews(secrets, document),
        can: { reveal: around.reveal !== undefined, rehearse: around.rehearse !== undefined },
        keychain: { name: state.name, problem: state.problem?.slice(0, 500) ?? null },
      } satisfies SettingsView;
    },
    save(document, version) {
      const now = writtenFile(file.file).version;
      const answer = (outcome: SettingsSaved['outcome'], problems: SettingsProblem[] = []): SettingsSaved => ({
        outcome,
        problems,
        version: writtenFile(file.file).version,
      });
      if (now !== version) return answer('changed');
      const tooMuch = excess(document);
      if (tooMuch) return answer('invalid', [tooMuch]);
      const { document: whole, lost } = restored(document);
      if (lost.length > 0) return answer('invalid', lost.slice(0, 100).map(lostProblem));
      const parsed = settingsFormat.safeParse(whole);
      if (!parsed.success) return answer('invalid', settingsProblems(whole, parsed.error, settingsFormat));
      file.save({ ...whole });
      imported = null;
      return answer('saved');
    },
    parse(text) {
      const read = documentIn(text, 'The text');
      if ('problem' in read) return { document: null, problems: [read.problem] };
      imported = read.document;
      const parsed = settingsFormat.safeParse(read.document);
      const problems = parsed.success ? [] : settingsProblems(read.document, parsed.error, settingsFormat);
      return { document: hideSecrets(read.document, secrets.knownValues()), problems };
    },
    test: (what) => tried(() => test(what)),
    reveal() {
      if (around.reveal) return around.reveal(file.file);
      throw new FaultError({
        code: 'cannot-reveal',
        message: 'This face of Signalbox cannot open folders.',
        next: `The settings file is ${file.file}.`,
        exitCode: 1,
      });
    },
    suggest: (address) => suggest(address, present().document),
    async rehearse() {
      if (around.rehearse) return await around.rehearse();
      throw new FaultError({
        code: 'no-rehearsal-yard',
        message: 'The rehearsal yard is not part of this installation.',
        next: 'It runs from a checkout of Signalbox: npm run demo.',
        exitCode: 1,
      });
    },
    async setSecret(name, value) {
      if (value.includes(mask)) {
        throw new FaultError({
          code: 'secret-masked',
          message: 'This is how Signalbox hides a secret, not the secret itself.',
          next: 'Paste the value from where it was made.',
        });
      }
      await secrets.set(name, value);
    },
    async deleteSecret(name) {
      await secrets.delete(name);
    },
  };

  async function test(what: SettingsTest): Promise<TestResult> {
    const limit = (ms: number): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    if (what.what === 'alert') return await around.testAlert(what.channel);
    if (what.what === 'provider') {
      return await whoami({
        provider: what.provider,
        settings: around.settings(),
        secrets,
        signal: limit(providerMs),
        userAgent,
      });
    }
    const tooMuch = excess(what.monitor);
    if (tooMuch) return { ok: false, message: `This monitor cannot be tried: ${tooMuch.message}.` };
    const { document, lost } = restored({ monitors: [what.monitor] });
    if (lost[0]) return { ok: false, message: sentence(lostProblem(lost[0])) };
    const parsed = settingsFormat.safeParse(document);
    if (!parsed.success) {
      const [problem] = settingsProblems(document, parsed.error, settingsFormat);
      return { ok: false, message: problem ? sentence(problem) : 'This is not a monitor yet.' };
    }
    const [monitor] = parsed.data.monitors;
    if (!monitor) return { ok: false, message: 'This is not a monitor yet.' };
    const cold = monitor.coldStart !== undefined;
    return resultOf(await around.runner(monitor, { clock: around.clock, cold }, limit(testMs)));
  }
}

/** What cannot be tried out is an answer too. */
async function tried(attempt: () => Promise<TestResult>): Promise<TestResult> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const { message, next } = faultOf(error);
    return { ok: false, message: `${message} ${next}`.slice(0, 1_000) };
  }
}

function resultOf({ outcome, latencyMs, wakeMs, error }: Observation): TestResult {
  const ok = outcome === 'up' || outcome === 'degraded';
  if (!ok) return { ok, message: error?.message ?? 'It gave no answer that could be judged.' };
  const time = latencyMs === null ? '' : ` in ${latency(latencyMs)}`;
  const woke = wakeMs === undefined ? '' : `, woken in ${duration(wakeMs)}`;
  return { ok, message: `${outcome === 'up' ? 'Up' : 'Up, but not well'}${time}${woke}.${error ? ` ${error.message}` : ''}` };
}

function lostProblem(path: readonly (string | number)[]): SettingsProblem {
  const message = 'is hidden here and has moved: write it again, better as a secret from the keychain';
  return { path: settingsPath(path).slice(0, 500), message };
}

function sentence({ path, message }: SettingsProblem): string {
  return `${path.replace(/^monitors\[0\]\.?/, '') || 'The monitor'} ${message}.`;
}

async function secretViews(secrets: SecretStore, document: RawDocument): Promise<SecretView[]> {
  const uses = secretUses(document);
  const stored = new Map((await secrets.list([...uses.keys()])).map((entry) => [entry.name, entry]));
  const names = [...new Set([...uses.keys(), ...stored.keys()])].sort().slice(0, 500);
  return names.map((name) => {
    const entry = stored.get(name);
    return {
      ...{ name, usedBy: [...(uses.get(name) ?? [])].slice(0, 200) },
      source: entry?.source ?? null,
      setAt: entry?.setAt ?? null,
    };
  });
}

/** One question at a time, whoever asks, and a limit on the wait. */
function boundedState(secrets: SecretStore): () => Promise<KeychainState> {
  let asking: Promise<KeychainState> | null = null;
  return async () => {
    asking ??= secrets.keychain().finally(() => {
      asking = null;
    });
    const enough = new AbortController();
    const late = delay(keychainMs, null, { signal: enough.signal, ref: false }).catch(() => null);
    const state = await Promise.race([asking, late]);
    enough.abort();
    const name = secrets.keychainName;
    return (
      state ?? {
        state: 'locked',
        name,
        problem: `The keychain (${name}) has not answered yet; it may be waiting for its password.`,
      }
    );
  };
}
