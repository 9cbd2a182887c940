// Planned work: results are recorded, but no outage opens while a window covers the monitor.
import type { Maintenance } from './model.ts';

/** Is the monitor inside a maintenance window at that moment? A window is [from, to). */
export function isCovered(windows: readonly Maintenance[], monitorId: string, at: number): boolean {
  return windows.some(
    (window) => window.from <= at && at < window.to && (window.monitors === null || window.monitors.includes(monitorId)),
  );
}
