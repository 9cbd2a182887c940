// Monitors in the settings as a list that a person edits: new ones, copies, what a row says. Pure.
import { isRecord, type Raw } from './values.ts';

const firstIds: Readonly<Record<string, string>> = {
  http: 'api',
  postgres: 'db',
  'status-page': 'page',
  tcp: 'port',
  dns: 'dns',
};

export function monitorsOf(document: Raw): readonly unknown[] {
  return Array.isArray(document.monitors) ? document.monitors : [];
}

function idOf(monitor: unknown): string {
  return isRecord(monitor) && typeof monitor.id === 'string' ? monitor.id : '';
}

/** `api`, or `api-2` when that is taken. */
export function freeId(wanted: string, monitors: readonly unknown[]): string {
  const taken = new Set(monitors.map(idOf));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

export function newMonitor(kind: string, monitors: readonly unknown[]): Raw {
  return { id: freeId(firstIds[kind] ?? kind, monitors), kind };
}

/** A copy that may stand beside the original. */
export function copyOf(monitor: Raw, monitors: readonly unknown[]): Raw {
  const { id, name, ...rest } = monitor;
  const stem = typeof id === 'string' ? id.replace(/-\d+$/, '').slice(0, 58) : 'monitor';
  return { id: freeId(stem, monitors), ...(typeof name === 'string' ? { name: `${name} (copy)`.slice(0, 100) } : {}), ...rest };
}

/** What people know it by. */
export function monitorTitle(monitor: Raw): string {
  const { name, id } = monitor;
  if (typeof name === 'string' && name.trim() !== '') return name;
  return typeof id === 'string' && id !== '' ? id : 'New monitor';
}

/** Where it looks, as far as that may be shown. */
export function monitorTarget(monitor: Raw): string {
  const { url, host, port } = monitor;
  if (typeof url === 'string') return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (typeof host === 'string') return port === undefined ? host : `${host}:${String(port)}`;
  return '';
}
