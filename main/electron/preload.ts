// The pipe between the page and the main process, and nothing else: it knows two channel names and no schema. What may
// be called, by whom and with what is decided in bridge.ts and in the engine's dispatch.
import { contextBridge, ipcRenderer } from 'electron';
import type { Pipe } from '../../shared/ipc.ts';
import { eventChannel, invokeChannel } from './channels.ts';

const pipe: Pipe = {
  invoke: (method, input) => ipcRenderer.invoke(invokeChannel, method, input),
  subscribe(listener) {
    // Electron's event object stays here: through its `sender` the page would reach every channel (SECURITY S-20).
    const forward = (_event: unknown, event: unknown): void => listener(event);
    ipcRenderer.on(eventChannel, forward);
    return () => {
      ipcRenderer.removeListener(eventChannel, forward);
    };
  },
};

contextBridge.exposeInMainWorld('signalbox', pipe);
