// Signalbox's own crashes, reported to the user's Rollbar project only if the user agreed. Everything personal or secret is
// taken out first: host name, command line, home folder, and whatever `redact` knows.
import { homedir } from 'node:os';
import { fillSecrets } from '../../shared/fill-secrets.ts';
import { redact } from '../../shared/redact.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Secrets } from '../engine/ports.ts';

const timeoutMs = 10_000;

export type CrashReportOptions = {
  /** Scope `post_server_item`. */
  readonly token: string;
  /** `https://api.rollbar.com`; a trailing `/api/1` is accepted. */
  readonly apiUrl: string;
  readonly environment: string;
  readonly version: string;
  /** The user's consent; false makes `report` do nothing at all. */
  readonly enabled: boolean;
};

export type CrashReports = {
  /** Resolves once the report was taken, refused, or 10 s have passed; never rejects, since a failing report must not
   *  hide the crash it is about. */
  readonly report: (error: unknown) => Promise<void>;
};

/** Reports by the settings as they are at that moment: the user may have agreed, or changed their mind, since the start. A token
 *  that cannot be had means no report; whoever called has logged the crash itself. */
export function crashReporter(around: {
  readonly settings: () => Settings;
  readonly secrets: Secrets;
  readonly version: string;
}): CrashReports['report'] {
  let last: { readonly key: string; readonly reports: CrashReports } | null = null;
  return async (error) => {
    const { alerts, app } = around.settings();
    if (!alerts.rollbar?.crashReports) return;
    const token = await tokenOf(alerts.rollbar.token, around.secrets);
    if (token === null) return;
    const { apiUrl } = alerts.rollbar;
    const key = JSON.stringify([token, apiUrl, app.environment]);
    if (last?.key !== key) {
      const { environment } = app;
      last = { key, reports: makeCrashReports({ token, apiUrl, environment, version: around.version, enabled: true }) };
    }
    await last.reports.report(error);
  };
}

async function tokenOf(written: string, secrets: Secrets): Promise<string | null> {
  try {
    const { value } = await fillSecrets({ token: written }, async (name) => {
      const secret = await secrets.get(name);
      if (secret === null) throw new Error(`secret "${name}" is not set`);
      return secret.value;
    });
    return value.token;
  } catch {
    // Locked, absent or not set: the settings window says so where a person can mend it.
    return null;
  }
}

/** The package is loaded at the first report: most runs never need it. */
export function makeCrashReports(options: CrashReportOptions): CrashReports {
  if (!options.enabled) return { report: async () => {} };
  let client: ReturnType<typeof connect> | null = null;
  return {
    async report(error) {
      client ??= connect(options);
      const rollbar = await client;
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, timeoutMs);
        rollbar.error(scrubbed(error, options.token), () => {
          clearTimeout(limit);
          resolve();
        });
      });
    },
  };
}

async function connect(options: CrashReportOptions) {
  const { default: Rollbar } = await import('rollbar');
  const api = `${options.apiUrl.replace(/\/+$/, '').replace(/\/api\/1$/, '')}/api/1`;
  return new Rollbar({
    accessToken: options.token,
    endpoint: `${api}/item/`,
    environment: options.environment,
    codeVersion: options.version,
    captureUncaught: false,
    captureUnhandledRejections: false,
    captureIp: false,
    autoInstrument: false,
    itemsPerMinute: 5,
    transform: (data) => scrubPayload(data, options.token),
  });
}

/** A copy of an error and its causes without what must stay here: the package also sends the error as it was given, past
 *  its own `transform`. */
function scrubbed(error: unknown, token: string, depth = 0): Error {
  if (!(error instanceof Error)) return new Error(scrubText(String(error), token));
  const cause = error.cause === undefined || depth >= 5 ? {} : { cause: scrubbed(error.cause, token, depth + 1) };
  const copy = new Error(scrubText(error.message, token), cause);
  copy.name = error.name;
  copy.stack = scrubText(error.stack ?? '', token);
  return copy;
}

/** In place, as the package asks: the object that it passes is what it sends. Host name and command line go; source lines
 *  and file names around the stack pass the same scrubbing as the error. */
function scrubPayload(data: Record<string, unknown>, token: string): void {
  data.server = { code_version: data.code_version };
  const visit = (part: unknown): unknown => {
    if (typeof part === 'string') return scrubText(part, token);
    if (part && typeof part === 'object') {
      for (const [key, value] of Object.entries(part)) (part as Record<string, unknown>)[key] = visit(value);
    }
    return part;
  };
  visit(data);
}

function scrubText(text: string, token: string): string {
  return redact(text.replaceAll(homedir(), '~'), [token]);
}
