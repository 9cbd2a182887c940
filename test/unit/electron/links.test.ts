import { describe, expect, it } from 'vitest';
import { hostsOf, linkOpener, mayOpen } from '../../../main/electron/links.ts';
import { FakeShell } from '../../support/fake-electron/app.ts';
import { runningShell } from '../../support/fake-electron/run-shell.ts';
import { monitorOf, ninePanels, snapshotOf } from '../../support/view-fixtures.ts';

const hosts = new Set(['status.render.com', 'api.example.com']);

describe('mayOpen', () => {
  it.each([
    ['https://status.render.com/incidents/abc?x=1#y', true],
    ['https://api.example.com:8443/', true],
    ['HTTPS://STATUS.RENDER.COM/', true],
    ['http://status.render.com/', false],
    ['https://evil.example/', false],
    ['https://status.render.com.evil.example/', false],
    ['https://evil.example/status.render.com', false],
    ['https://status.render.com@evil.example/', false],
    ['https://user:pass@status.render.com/', false],
    ['https://user@status.render.com/', false],
    ['javascript:alert(1)', false],
    ['file:///etc/passwd', false],
    ['smb://status.render.com/share', false],
    ['ms-msdt:/id', false],
    ['app://signalbox/', false],
    ['', false],
  ])('%j: %s', (address, allowed) => {
    expect(mayOpen(address, hosts)).toBe(allowed);
  });
});

describe('hostsOf', () => {
  it('takes the hosts that the monitors name, however their target is written', () => {
    const monitors = ['api.example.com:443', 'https://status.render.com/', '[2001:db8::1]:443', '${secret:database-url}', ''];
    const snapshot = snapshotOf(monitors.map((target, index) => monitorOf(`m${index}`, { target })));
    expect([...hostsOf(snapshot)]).toEqual(['api.example.com', 'status.render.com', '[2001:db8::1]']);
    expect(hostsOf(null).size).toBe(0);
  });
});

describe('a link in the page', () => {
  it('opens in the browser when its host is watched, and nowhere otherwise', async () => {
    const { electron, lines } = await runningShell(snapshotOf(ninePanels()));
    const contents = electron.window?.webContents;
    expect(contents?.openLink('https://status.render.com/incidents/1')).toEqual({ action: 'deny' });
    expect(contents?.openLink('https://evil.example/')).toEqual({ action: 'deny' });
    expect(electron.shell.opened).toEqual(['https://status.render.com/incidents/1']);
    expect(lines).toHaveLength(1);
  });

  it('reaches the browser as it was understood here, so that no other reading of it can lead elsewhere', () => {
    const shell = new FakeShell();
    linkOpener({ shell, hosts: () => hosts, log: () => {} })('https:status.render.com\\@evil.example');
    expect(shell.opened).toEqual(['https://status.render.com/@evil.example']);
  });

  it('says so when the browser cannot be asked', async () => {
    const lines: string[] = [];
    const shell = new FakeShell();
    shell.openExternal = () => Promise.reject(new Error('no handler'));
    const open = linkOpener({ shell, hosts: () => hosts, log: (line) => lines.push(line) });
    expect(open('https://api.example.com/')).toBe(true);
    await Promise.resolve();
    expect(lines).toEqual(['The browser could not be asked to open a link: no handler']);
  });
});
