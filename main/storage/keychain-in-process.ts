// Asks the keychain within this process, for Electron. Loaded on first use: most starts need no secret at once.
import type { AskKeychain } from '../engine/ports.ts';
import { tookTooLong } from './keychain-helper.ts';

/** A call that outlives its limit is left behind, and the next waits for it: one stuck call holds one thread, not four. */
export function askInProcess(): AskKeychain {
  let stuck: Promise<unknown> | null = null;
  return async (asked, limitMs) => {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    const call = async (): Promise<unknown> => {
      await stuck;
      const entry = new AsyncEntry('signalbox', asked.name, { linux: { store: 'secret-service' } });
      if (asked.operation === 'get') return await entry.getPassword();
      if (asked.operation === 'delete') return await entry.deletePassword();
      return await entry.setPassword(asked.value);
    };
    const running = call();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        stuck = running.catch(() => undefined);
        reject(new Error(tookTooLong));
      }, limitMs);
    });
    try {
      return await Promise.race([running, limit]);
    } finally {
      clearTimeout(timer);
    }
  };
}
