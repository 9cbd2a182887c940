import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FakeSession } from '../../support/fake-electron/app.ts';
import { runningShell } from '../../support/fake-electron/run-shell.ts';
import { snapshotOf } from '../../support/view-fixtures.ts';

const types = readFileSync(new URL('../../../node_modules/electron/electron.d.ts', import.meta.url), 'utf8');

/** Every permission that a handler of this name may be asked for, out of Electron's own types. */
function permissionsOf(handler: 'setPermissionRequestHandler' | 'setPermissionCheckHandler'): string[] {
  const signature = new RegExp(`${handler}\\(handler:.*?permission: ([^,]+),`).exec(types)?.[1] ?? '';
  return [...signature.matchAll(/'([\w-]+)'/g)].map(([, name]) => name ?? '');
}

const requested = permissionsOf('setPermissionRequestHandler');
const checked = permissionsOf('setPermissionCheckHandler');

/** The sessions that the shell has met: the default one and one made later. */
async function sessions(): Promise<FakeSession[]> {
  const { electron } = await runningShell(snapshotOf([]));
  const later = new FakeSession();
  electron.app.emit('session-created', later);
  return [electron.defaultSession, later];
}

describe('permissions (S-05)', () => {
  it('are read from the types that Electron ships', () => {
    expect(requested).toContain('media');
    expect(checked).toContain('hid');
    expect(Math.min(requested.length, checked.length)).toBeGreaterThan(30);
  });

  it('are refused one and all when requested, in every session', async () => {
    for (const session of await sessions()) {
      for (const permission of [...requested, 'something-new']) {
        const answers: unknown[] = [];
        const request = session.handlers.get('request') as (...args: unknown[]) => void;
        request({}, permission, (granted: unknown) => answers.push(granted), {});
        expect(answers, permission).toEqual([false]);
      }
    }
  });

  it('are refused one and all when checked, in every session', async () => {
    for (const session of await sessions()) {
      for (const permission of [...checked, 'something-new']) {
        const check = session.handlers.get('check') as (...args: unknown[]) => unknown;
        expect(check(null, permission, 'app://signalbox', {}), permission).toBe(false);
      }
    }
  });

  it('give away no device, no screen and no pairing', async () => {
    for (const session of await sessions()) {
      const call = (name: string, ...args: unknown[]) => (session.handlers.get(name) as (...args: unknown[]) => unknown)(...args);
      expect(call('device', { deviceType: 'usb', origin: 'app://signalbox', device: {} })).toBe(false);
      const answers: unknown[] = [];
      call('display', {}, (streams: unknown) => answers.push(streams));
      call('bluetooth', { pairingKind: 'confirm' }, (reply: unknown) => answers.push(reply));
      expect(answers).toEqual([null, { confirmed: false }]);
    }
  });
});
