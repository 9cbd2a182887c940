// The keychain helper of the tray app: a program of its own, started as a utility process of Electron's. One message
// asks, one answers; secrets travel over Electron's private port, never argv.
import { createRequire } from 'node:module';
import { z } from 'zod';

const question = z.strictObject({
  operation: z.enum(['get', 'set', 'delete']),
  name: z.string().min(1).max(200),
  value: z.string().nullable(),
});
type Question = z.infer<typeof question>;

/** What Electron gives a utility process to speak with the app by. */
type Port = {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
};

/** The store is pinned: without it keyring-rs falls back to the kernel keyring, silently, and a reboot empties that
 *  (SECURITY S-32). Loaded by the first question, so that a missing driver is an answer and not a crash. */
function asked({ operation, name, value }: Question): unknown {
  const { Entry } = loaded();
  const entry = new Entry('signalbox', name, { linux: { store: 'secret-service' } });
  if (operation === 'get') return entry.getPassword();
  if (operation === 'delete') return entry.deletePassword();
  entry.setPassword(value ?? '');
  return true;
}

function loaded(): typeof import('@napi-rs/keyring') {
  try {
    return createRequire(import.meta.url)('@napi-rs/keyring') as typeof import('@napi-rs/keyring');
  } catch (error) {
    throw new Error(`cannot load: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const port: Port = Reflect.get(process, 'parentPort');
port.on('message', ({ data }) => {
  try {
    port.postMessage({ result: asked(question.parse(data)) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
