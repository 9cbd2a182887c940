import { describe, expect, it, vi } from 'vitest';
import { isOurs, pageUrl } from '../../../main/electron/address.ts';
import { lockContents, lockNavigation } from '../../../main/electron/navigation.ts';
import type { WebContentsPart } from '../../../main/electron/parts.ts';
import { Preventable } from '../../support/fake-electron/app.ts';
import { asReal, fakeElectron } from '../../support/fake-electron/electron.ts';
import { FakeWebContents } from '../../support/fake-electron/windows.ts';

const addresses: readonly (readonly [string, boolean])[] = [
  ['app://signalbox/', true],
  ['app://signalbox/index.html', true],
  ['app://signalbox/index.html#incident=inc-20230709-140012', true],
  ['app://evil/', false],
  ['app://signalbox.evil/', false],
  ['app://signalbox@evil/', false],
  ['app://signalbox:secret@evil/', false],
  ['app://user@signalbox/', false],
  ['app://signalbox:8080/', false],
  ['app://evil/signalbox', false],
  ['app:signalbox', false],
  ['app:///signalbox', false],
  ['http://signalbox/', false],
  ['https://signalbox/', false],
  ['javascript:alert(1)', false],
  ['file:///etc/passwd', false],
  ['data:text/html,hello', false],
  ['blob:app://signalbox/2f0b', false],
  ['about:blank', false],
  ['devtools://devtools/', false],
  ['chrome://settings', false],
  ['view-source:app://signalbox/', false],
  ['', false],
  ['not an address', false],
];

describe('isOurs', () => {
  it.each(addresses)('%j is ours: %s', (address, ours) => {
    expect(isOurs(address)).toBe(ours);
  });

  it('holds for every address the shell itself opens, whatever the incident is called', () => {
    expect(isOurs(pageUrl(null))).toBe(true);
    expect(pageUrl({ incident: 'a"b/../#&c' })).toBe('app://signalbox/index.html#incident=a%22b%2F..%2F%23%26c');
  });
});

function lockedContents() {
  const contents = new FakeWebContents();
  const openLink = vi.fn<(url: string) => void>();
  lockContents(asReal<WebContentsPart>(contents), openLink);
  return { contents, openLink };
}

describe('navigation (S-12, S-13, S-14)', () => {
  describe.each(['will-navigate', 'will-frame-navigate', 'will-redirect'] as const)('%s', (event) => {
    it.each(addresses)('to %j is allowed: %s', (address, allowed) => {
      expect(lockedContents().contents.navigate(event, address)).toBe(allowed);
    });
  });

  it('opens no second window, not even our own page, and leaves the link to the browser rule', () => {
    const { contents, openLink } = lockedContents();
    for (const [address] of addresses) expect(contents.openLink(address)).toEqual({ action: 'deny' });
    expect(openLink.mock.calls.map(([url]) => url)).toEqual(addresses.map(([address]) => address));
  });

  it('attaches no webview', () => {
    const { contents } = lockedContents();
    const event = new Preventable();
    contents.emit('will-attach-webview', event, {}, {});
    expect(event.defaultPrevented).toBe(true);
  });

  it('is locked in every web contents that is ever created', () => {
    const electron = fakeElectron({ appData: '' });
    lockNavigation(electron.parts.app, () => {});
    const contents = new FakeWebContents();
    electron.app.emit('web-contents-created', {}, contents);
    expect(contents.navigate('will-navigate', 'https://example.com/')).toBe(false);
    expect(contents.openLink('https://example.com/')).toEqual({ action: 'deny' });
  });
});
