// Desktop notifications through node-notifier: notify-send on Linux and BSD, terminal-notifier on macOS, SnoreToast on
// Windows. Nothing here waits for a person, except to hear of a click where the caller asked for clicks.
import notifier from 'node-notifier';
import { safeText } from '../../shared/redact.ts';
import type { Alert } from '../core/model.ts';
import { type Channel, DeliveryError } from '../engine/ports.ts';
import { slowRetryMs } from './exchange.ts';
import { headline, isTest, shortText } from './wording.ts';

/** D-Bus itself gives up after 25 s when a notification service hangs; we do sooner. */
const timeoutMs = 10_000;
/** On macOS and Windows the helper runs for as long as the notification shows: no failure within this means shown. */
const shownAfterMs = 2_000;
const clickWindowS = 60;

export type DesktopOptions = {
  readonly appName: string;
  /** A file on disk. */
  readonly iconPath?: string;
  /** macOS and Windows only: node-notifier hears of no clicks through notify-send. */
  readonly onClick?: (incidentId: string | null) => void;
  readonly platform?: NodeJS.Platform;
  /** In place of node-notifier; tests of the platforms that this machine is not. */
  readonly notify?: Notify;
};

/** node-notifier passes a string for what its helper printed on stderr, whatever its types say. */
type Notify = (options: object, callback: (error: Error | string | null, response?: string) => void) => void;

/** `send` resolves once the desktop has taken the notification, and throws DeliveryError when it could not. */
export function makeDesktop(options: DesktopOptions): Channel {
  const platform = options.platform ?? process.platform;
  const isUnix = platform !== 'darwin' && platform !== 'win32';
  const notify = options.notify ?? systemNotify(isUnix);
  return {
    name: 'desktop',
    // Everything that wants somebody now; the week's digest does not.
    kinds: ['opened', 'reopened', 'escalated', 'reminder', 'resolved', 'certificate', 'lever'],
    idempotent: false,
    timeoutMs,
    send: (alert, _memory, signal) =>
      new Promise((resolve, reject) => {
        const shown = (): void => finish(() => resolve({}));
        const limit = setTimeout(
          () => (isUnix ? fail('The desktop did not take the notification within 10 s.') : shown()),
          isUnix ? timeoutMs : shownAfterMs,
        );
        const stop = (): void => fail('Stopped before the notification was shown.');
        signal.addEventListener('abort', stop, { once: true });
        function finish(settle: () => void): void {
          clearTimeout(limit);
          signal.removeEventListener('abort', stop);
          settle();
        }
        function fail(message: string, hints = {}): void {
          finish(() => reject(new DeliveryError(message, hints)));
        }
        notify(isUnix ? unixNotification(alert, options) : otherNotification(alert, options), (error, response) => {
          // A string is what the helper printed on stderr although it succeeded: a warning, not a failure.
          if (error && typeof error !== 'string') return fail(problem(error), { retryAfterMs: slowRetryMs, cause: error });
          shown();
          if (response === 'activate') options.onClick?.(alert.incidentId);
        });
      }),
  };
}

/** The module's own object looks notify-send up once and remembers for ever that it was missing; with the check suppressed
 *  it is found as soon as somebody has installed it. */
function systemNotify(isUnix: boolean): Notify {
  const unixOptions = { suppressOsdCheck: true, withFallback: false };
  const system = isUnix ? new notifier.NotifySend(unixOptions) : notifier;
  return (options, callback) => {
    system.notify(options, callback);
  };
}

/** What notify-send takes of it: urgency, expire-time (seconds here; 0 stays until closed), icon and app-name. */
function unixNotification(alert: Alert, { appName, iconPath }: DesktopOptions) {
  const urgent = isUrgent(alert);
  return {
    title: asArgument(headline(alert, 120)),
    message: asArgument(asBody(shortText(alert))),
    urgency: urgent ? 'critical' : 'normal',
    timeout: urgent ? 0 : 10,
    'app-name': safeText(appName, 60),
    ...(iconPath === undefined ? {} : { icon: iconPath }),
  };
}

/** `timeout: false` lets terminal-notifier go at once; with a click to hear of it stays for a minute. */
function otherNotification(alert: Alert, { appName, iconPath, onClick }: DesktopOptions) {
  return {
    title: headline(alert, 120),
    message: shortText(alert),
    subtitle: safeText(appName, 60),
    wait: false,
    timeout: onClick ? clickWindowS : (false as const),
    ...(iconPath === undefined ? {} : { icon: iconPath }),
  };
}

function isUrgent(alert: Alert): boolean {
  return !isTest(alert) && ['opened', 'reopened', 'escalated', 'lever'].includes(alert.kind);
}

/** Notification services read markup and links in the body (Desktop Notifications Specification 1.2, section 5), and
 *  notify-send reads backslash sequences in it: outside text must stay text. */
function asBody(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** node-notifier passes no `--` before its texts, so one that begins with a hyphen would be read as an option. */
function asArgument(text: string): string {
  return text.replace(/^-/, '‐');
}

/** node-notifier runs its helper through a shell: 127 is the shell's “not found”. */
function problem(error: Error): string {
  const code = 'code' in error ? error.code : null;
  if (code === 127 || code === 'ENOENT') {
    return 'notify-send is not installed. Install it (package libnotify-bin on Debian and Ubuntu) or set alerts.desktop.enabled to false.';
  }
  // The first line repeats the command with the whole notification in it.
  const said = safeText(error.message.split('\n').slice(1).join(' '), 200);
  if (
    /autolaunch|StartServiceByName|ServiceUnknown|not provided by any|Cannot connect|Could not connect|No such file|Failed to connect/i.test(
      said,
    )
  ) {
    return `No desktop here takes notifications (${said}). On a machine without a desktop set alerts.desktop.enabled to false.`;
  }
  return `The notification could not be shown: ${said || safeText(error.message, 200)}`;
}
