// A place in the settings for people: `API (Frankfurt) › Check every` for `monitors[0].interval`. Pure.
import type { SettingsProblem } from '../../shared/settings-view.ts';
import { monitorsOf, monitorTitle } from './monitors-model.ts';
import { labelOf, nounOf } from './names.ts';
import { providerName, sectionNamed } from './sections.ts';
import { isRecord, type Path, type Raw } from './values.ts';

/** The path that a text such as `monitors[2].interval` stands for. */
export function pathOf(text: string): Path {
  return [...text.matchAll(/\[(\d{1,6})\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}

export function placeWords(text: string, document: Raw): string {
  const path = pathOf(text);
  return path
    .map((key, depth) => word(key, path.slice(0, depth + 1), document))
    .filter((part) => part !== '')
    .join(' › ');
}

function word(key: string | number, path: Path, document: Raw): string {
  const [first] = path;
  if (typeof key === 'number') {
    if (first === 'monitors' && path.length === 2) {
      const monitor = monitorsOf(document)[key];
      return isRecord(monitor) ? monitorTitle(monitor) : `monitor ${key + 1}`;
    }
    return `${nounOf(path.slice(0, -1))} ${key + 1}`;
  }
  if (path.length === 1) return key === 'monitors' ? '' : (sectionNamed(key)?.title ?? labelOf(path));
  if (path.length === 2 && (first === 'providers' || first === 'alerts')) {
    const name = providerName(key);
    return name === key ? labelOf(path) : name;
  }
  return labelOf(path);
}

/** A problem as a line: its place first, unless it concerns the whole file. */
export function problemLine({ path, message }: SettingsProblem, document: Raw): string {
  const place = placeWords(path, document);
  return place === '' ? message : `${place}: ${message}`;
}
