// Which page the address asks for: the line, or the settings (`#settings`, `#settings=dump`). A page with unsaved changes may
// hold a person back and ask first.
import { useSyncExternalStore } from 'react';

/** The section of the settings that is asked for, empty for their overview; `null` is the line. */
export type Route = string | null;

const listeners = new Set<() => void>();

function asked(): Route {
  return new URLSearchParams(location.hash.slice(1)).get('settings');
}

let route = asked();
let hold: ((wanted: string) => boolean) | null = null;

function follow(): void {
  const next = asked();
  // Between sections nothing is lost; leaving them may lose something.
  if (route !== null && next === null && hold?.(location.hash)) {
    history.replaceState(null, '', settingsAddress(route));
    return;
  }
  route = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('hashchange', follow);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('hashchange', follow);
  };
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => route);
}

/** Goes to `hash` (`#settings=dump`), or to the line when it is empty. */
export function go(hash: string): void {
  history.pushState(null, '', hash === '' ? location.pathname : hash);
  follow();
}

/** Asks `holds` before the settings are left; it answers whether to stay, and is told where the person wanted to go. */
export function holdBack(holds: (wanted: string) => boolean): () => void {
  hold = holds;
  return () => {
    if (hold === holds) hold = null;
  };
}

/** The address of a section, or of the settings' overview when it is empty. */
export function settingsAddress(section: string): string {
  return section === '' ? '#settings' : `#settings=${encodeURIComponent(section)}`;
}
