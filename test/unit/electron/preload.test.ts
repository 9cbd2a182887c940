import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Pipe } from '../../../shared/ipc.ts';
import { buildPart } from '../../support/build-part.ts';
import { runPreload } from '../../support/fake-electron/run-preload.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-preload-'));
let code = '';

beforeAll(async () => {
  await buildPart('preload', folder);
  code = readFileSync(join(folder, 'preload.cjs'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true }));

function page(invoke: Parameters<typeof runPreload>[1] = async () => null) {
  const renderer = runPreload(code, invoke);
  return { ...renderer, pipe: renderer.exposed.signalbox as Pipe };
}

describe('the built preload', () => {
  it('is one file under 2 kB that needs electron only', () => {
    expect(readdirSync(folder)).toEqual(['preload.cjs']);
    expect(Buffer.byteLength(code)).toBeLessThan(2_000);
    expect([...code.matchAll(/require\(([^)]*)\)/g)].map(([, name]) => name)).toEqual(['"electron"']);
  });

  it('gives the page invoke and subscribe, and nothing else', () => {
    const { exposed, pipe } = page();
    expect(Object.keys(exposed)).toEqual(['signalbox']);
    expect(Object.keys(pipe).sort()).toEqual(['invoke', 'subscribe']);
  });

  it('carries a call over the one channel, whatever the method is called', async () => {
    const invoke = vi.fn(async () => ({ ok: true, value: 1 }));
    expect(await page(invoke).pipe.invoke('any:channel', { id: 'api' })).toEqual({ ok: true, value: 1 });
    expect(invoke.mock.calls).toEqual([['app:invoke', 'any:channel', { id: 'api' }]]);
  });

  it('hands on events without the event object', () => {
    const { pipe, receive } = page();
    const listener = vi.fn();
    pipe.subscribe(listener);
    receive('app:event', { event: 'view.changed' });
    expect(listener.mock.calls).toEqual([[{ event: 'view.changed' }]]);
  });

  it('takes away the same listener that it put there, and only that one', () => {
    const { listeners, pipe, receive } = page();
    const listener = vi.fn();
    const undo = [pipe.subscribe(listener), pipe.subscribe(listener)];
    expect(listeners('app:event')).toBe(2);
    undo[0]?.();
    undo[0]?.();
    expect(listeners('app:event')).toBe(1);
    receive('app:event', 1);
    expect(listener).toHaveBeenCalledOnce();
    undo[1]?.();
    expect(listeners('app:event')).toBe(0);
  });

  it('keeps nothing when it subscribes and unsubscribes a thousand times', () => {
    const { listeners, pipe } = page();
    for (let round = 0; round < 1_000; round += 1) pipe.subscribe(() => {})();
    expect(listeners('app:event')).toBe(0);
  });
});
