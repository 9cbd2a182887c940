// What a click in the tray's menu does: it joins tray, window, engine and the system's login items.
import type { Engine } from '../ipc/face.ts';
import { leverPulls } from './lever-pull.ts';
import type { LoginItem } from './login-item.ts';
import type { DesktopState, MenuActions } from './menu.ts';
import type { AppPart } from './parts.ts';
import type { SignalWindow } from './window.ts';

export type TrayActions = {
  readonly actions: MenuActions & { readonly toggle: () => void };
  readonly desktop: () => DesktopState;
};

export function trayActions(options: {
  readonly app: Pick<AppPart, 'quit'>;
  readonly engine: Pick<Engine, 'dispatch'>;
  readonly windows: SignalWindow;
  /** Null where starting at login cannot be arranged. */
  readonly login: LoginItem | null;
  /** Called when the menu says something else although the engine does not. */
  readonly changed: () => void;
  readonly log: (line: string) => void;
}): TrayActions {
  const { app, engine, windows, login, changed, log } = options;
  const pulls = leverPulls({ engine, open: (lever) => windows.show({ lever }), changed, log });
  const pause = async (forMs: number | null): Promise<void> => {
    const reply = await engine.dispatch('engine.pause', { forMs });
    if (!reply.ok) log(`${reply.error.message} ${reply.error.next}`);
  };
  const startAtLogin = (wanted: boolean): void => {
    try {
      login?.set(wanted);
    } catch (error) {
      log(`Starting at login could not be changed: ${error instanceof Error ? error.message : String(error)}`);
    }
    changed();
  };
  return {
    actions: {
      pull: (lever, request) => void pulls.pull(lever, request),
      cancel: (runId) => void pulls.cancel(runId),
      open: () => windows.show(null),
      settings: () => windows.show('settings'),
      toggle: () => windows.toggle(),
      pause: (forMs) => void pause(forMs),
      startAtLogin,
      quit: () => app.quit(),
    },
    desktop: () => ({ looking: pulls.looking(), startsAtLogin: login?.isOn() ?? null }),
  };
}
