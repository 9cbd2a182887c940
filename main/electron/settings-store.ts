// The settings file as electron-store keeps it: Conf with Electron's folders, the same file format as in the other faces.
import { ipcMain } from 'electron';
import Store from 'electron-store';
import type { MakeStore } from '../ipc/face.ts';

/** A channel that electron-store opens for stores made by pages. No page of ours makes one, and its messages would go
 *  unchecked (SECURITY S-17). */
const pagesChannel = 'electron-store-get-data';

export const electronStore: MakeStore = (options) => {
  const store = new Store<Record<string, unknown>>(options);
  ipcMain.removeAllListeners(pagesChannel);
  return store;
};
