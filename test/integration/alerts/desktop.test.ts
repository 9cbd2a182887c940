// Desktop notifications through a real daemon, and every way in which there is none.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DesktopOptions, makeDesktop } from '../../../main/alerts/desktop.ts';
import { testAlert } from '../../../main/alerts/test-alert.ts';
import { anAlert } from '../../support/alerts.ts';
import { missingPrograms, type NotificationDaemon, startNotificationDaemon } from '../../support/notification-daemon.ts';

const missing = missingPrograms();
if (missing.length > 0) {
  console.warn(`SKIPPED: desktop notifications through a real daemon, because these are not installed: ${missing.join(', ')}.`);
}
const signal = new AbortController().signal;
const channel = makeDesktop({ appName: 'Signalbox: Nine Panels', platform: 'linux' });

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(missing.length > 0)('a desktop with a notification daemon', () => {
  let daemon: NotificationDaemon;
  const here = (): void => {
    for (const [name, value] of Object.entries(daemon.env)) vi.stubEnv(name, value);
  };
  beforeAll(async () => {
    daemon = await startNotificationDaemon();
  });
  afterAll(() => daemon?.stop());

  it('shows an outage as critical, until somebody closes it', async () => {
    here();
    await expect(channel.send(anAlert(), {}, signal)).resolves.toEqual({});
    const [first] = await daemon.waitFor(1);
    expect(first).toMatchObject({
      appName: 'Signalbox: Nine Panels',
      title: 'Outage: API (Frankfurt) is down',
      body: 'Since 09:02:00. API (Frankfurt): no answer within 10 s.',
      urgency: 'critical',
      expiresMs: 0,
    });
    expect(first?.id).toBeGreaterThan(0);
  });

  it('shows its end, and a test, as passing news', async () => {
    here();
    const before = daemon.shown.length;
    await channel.send(anAlert({ kind: 'resolved', text: 'All are up again.' }), {}, signal);
    await channel.send(testAlert('desktop', Date.now()), {}, signal);
    const [end, test] = (await daemon.waitFor(before + 2)).slice(before);
    expect(end).toMatchObject({ title: 'Resolved: API (Frankfurt) is down', urgency: 'normal', expiresMs: 10_000 });
    expect(test).toMatchObject({ title: 'Test from Signalbox: alerts by desktop notification work', urgency: 'normal' });
  });

  it('keeps hostile text text: no shell, no options, no markup, no escapes', async () => {
    here();
    const before = daemon.shown.length;
    const text = 'a "b" $(touch x) `id` \\n %s <a href="x">click</a> & \u001b[31mred\u0007 \n end';
    await channel.send(anAlert({ kind: 'certificate', title: '--help', text, openedAt: null }), {}, signal);
    const shown = (await daemon.waitFor(before + 1)).at(-1);
    expect(shown?.title).toBe('\u2010-help');
    expect(shown?.body).toBe('a "b" $(touch x) `id` \\n %s &lt;a href="x"&gt;click&lt;/a&gt; &amp; red end');
  });

  it('says so once the session has ended', async () => {
    here();
    await daemon.stop();
    await expect(channel.send(anAlert(), {}, signal)).rejects.toThrow(
      /^No desktop here takes notifications .*alerts\.desktop\.enabled/,
    );
  });
});

describe.skipIf(process.platform !== 'linux')('without a desktop', () => {
  let folder: string;
  /** A stand-in notify-send: what the real one cannot be made to do at will. */
  const notifySend = async (script: string): Promise<void> => {
    const file = join(folder, 'notify-send');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-notify-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.skipIf(missing.includes('notify-send'))('fails with a sentence when there is no session bus', async () => {
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', undefined);
    vi.stubEnv('DISPLAY', undefined);
    vi.stubEnv('XDG_RUNTIME_DIR', undefined);
    await expect(channel.send(anAlert(), {}, signal)).rejects.toMatchObject({
      name: 'DeliveryError',
      message: expect.stringMatching(/^No desktop here takes notifications .* set alerts\.desktop\.enabled to false\.$/),
      retryAfterMs: 300_000,
    });
  });

  it('names the package when notify-send is not installed, and works as soon as it is', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'signalbox-empty-'));
    vi.stubEnv('PATH', empty);
    await expect(channel.send(anAlert(), {}, signal)).rejects.toThrow(/notify-send is not installed.*libnotify-bin/);
    vi.unstubAllEnvs();
    await rm(empty, { recursive: true });
    await notifySend('exit 0');
    await expect(channel.send(anAlert(), {}, signal)).resolves.toEqual({});
  });

  it('fails when notify-send fails, quoting its words but not the whole command', async () => {
    await notifySend('echo "token=abcdef123456 broke" >&2; exit 1');
    const refused = channel.send(anAlert(), {}, signal);
    await expect(refused).rejects.toThrow('The notification could not be shown: token=••• broke');
  });

  it('takes a warning on stderr beside success for what it is', async () => {
    await notifySend('echo "GLib-WARNING: something" >&2; exit 0');
    await expect(channel.send(anAlert(), {}, signal)).resolves.toEqual({});
  });

  it('waits 10 s for a notify-send that hangs, and not at all when told to stop', async () => {
    await notifySend('exec sleep 1');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const hanging = channel.send(anAlert(), {}, signal);
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await expect(hanging).rejects.toThrow('The desktop did not take the notification within 10 s.');
    const abort = new AbortController();
    const stopped = channel.send(anAlert(), {}, abort.signal);
    abort.abort();
    await expect(stopped).rejects.toThrow('Stopped before the notification was shown.');
  });
});

describe('macOS and Windows, where the helper stays while the notification shows', () => {
  type Notify = NonNullable<DesktopOptions['notify']>;
  const shownWith = (notify: Notify, onClick?: (incidentId: string | null) => void) =>
    makeDesktop({ appName: 'Signalbox', platform: 'darwin', notify, ...(onClick ? { onClick } : {}) });

  it('counts as shown after 2 s without a failure, and a click comes through later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const clicked: (string | null)[] = [];
    let click = (): void => {};
    const asked: object[] = [];
    const desktop = shownWith(
      (options, callback) => {
        asked.push(options);
        click = () => callback(null, 'activate');
      },
      (incidentId) => clicked.push(incidentId),
    );
    const sending = desktop.send(anAlert(), {}, signal);
    vi.advanceTimersByTime(2_000);
    vi.useRealTimers();
    await expect(sending).resolves.toEqual({});
    expect(clicked).toEqual([]);
    click();
    expect(clicked).toEqual(['inc-20261120-090200']);
    expect(asked).toMatchObject([{ title: 'Outage: API (Frankfurt) is down', wait: false, timeout: 60 }]);
  });

  it('lets the helper go at once where nobody asked for clicks', async () => {
    const asked: object[] = [];
    const desktop = shownWith((options, callback) => {
      asked.push(options);
      callback(null, '');
    });
    await desktop.send(anAlert(), {}, signal);
    expect(asked).toMatchObject([{ wait: false, timeout: false }]);
  });

  it('fails when the helper fails', async () => {
    const desktop = shownWith((_options, callback) => callback(new Error('bad helper'), ''));
    await expect(desktop.send(anAlert(), {}, signal)).rejects.toThrow('The notification could not be shown: bad helper');
  });
});
