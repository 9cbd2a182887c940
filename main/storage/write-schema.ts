// Writes signalbox.schema.json out of the check kinds; with --check only says whether the file is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settings } from '../checks/registry.ts';
import { settingsJsonSchema } from './json-schema.ts';

const file = fileURLToPath(new URL('../../signalbox.schema.json', import.meta.url));
const text = `${JSON.stringify(settingsJsonSchema(settings), null, 2)}\n`;

function existing(): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error: unknown) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (existing() !== text) {
  process.stderr.write('signalbox.schema.json does not match the settings in the code: run `npm run schema` and commit it.\n');
  process.exitCode = 1;
}
