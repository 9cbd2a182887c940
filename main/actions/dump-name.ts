// What a dump is called: `<yyyymmddHHMMSS>_<ENV>_<data_only|full>.dump`, in UTC, so that names sort by time on every machine
// that shares the folder.
import { join } from 'node:path';
import { isThere } from './dump-keep.ts';

type Named = { readonly at: number; readonly environment: string; readonly mode: 'data-only' | 'full' };

/** A name that no dump, encrypted dump or unfinished one in the folder has. */
export async function dumpName(folder: string, named: Named): Promise<string> {
  for (let count = 1; ; count += 1) {
    const name = nameOf(named, count);
    const taken = await Promise.all(
      ['', '.age', '.partial', '.age.partial'].map((end) => isThere(join(folder, `${name}${end}`))),
    );
    if (!taken.includes(true)) return name;
  }
}

function nameOf({ at, environment, mode }: Named, count: number): string {
  const time = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
  // An environment may be called anything; a file may not.
  const plain = environment
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${time}_${plain || 'APP'}_${mode === 'full' ? 'full' : 'data_only'}${count === 1 ? '' : `-${count}`}.dump`;
}
