// The page needs no permission at all, and Electron grants by default: so everything is refused, in every session that
// is ever created (SECURITY S-05).
import type { AppPart, SessionPart } from './parts.ts';

/** Refuses everything in sessions created from now on. Call it before the app is ready. */
export function refusePermissions(app: AppPart): void {
  app.on('session-created', refuseIn);
}

/** Refuses everything in one session. */
export function refuseIn(session: SessionPart): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }));
}
