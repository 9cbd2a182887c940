// `postmortem ID`: the report on one outage as Markdown. In a file it is brought up to date and what a person wrote is kept.
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import { incidentId } from '../../../shared/incident.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { told } from '../output.ts';
import type { Ended } from '../services.ts';

type Options = { readonly out?: string };

export const addPostmortem: AddCommand = (program, run) => {
  const command = program
    .command('postmortem')
    .description('Write the report on an incident as Markdown: what is known, and blanks for what is not.')
    .argument('<id>', 'as listed by `signalbox incidents`')
    .option('--out <file>', 'write into this file; what was typed there before is kept')
    .action((id: string, options: Options) => run((context) => postmortem(context, id, options)));
  withExamples(command, 'postmortem inc-20260102-030405', 'postmortem inc-20260102-030405 --out docs/outage.md');
};

export async function postmortem(context: Context, id: string, { out: path }: Options): Promise<Ended> {
  const { services, place, out } = context;
  const file = path === undefined ? null : await targetOf(resolve(context.cwd, path));
  const previous = file === null ? null : await textIn(file);
  const report = incidentId.safeParse(id).success ? await services.postmortem(place, id, { now: context.now(), previous }) : null;
  if (report === null) {
    throw new FaultError({
      code: 'unknown-incident',
      message: `There is no incident "${told(id).slice(0, 64)}".`,
      next: 'See `signalbox incidents` for those there are.',
    });
  }
  const { markdown, data } = report;
  if (file !== null && markdown !== previous) await replace(file, markdown);
  out.answer(
    () => (file === null ? data : { ...data, file }),
    () => {
      if (file === null) return markdown.replace(/\n$/, '').split('\n');
      return [`${previous === null ? 'Wrote' : markdown === previous ? 'Nothing new for' : 'Brought up to date:'} ${file}`];
    },
  );
  return 0;
}

/** A link stays one: the file behind it is replaced. */
async function targetOf(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

const mostBytes = 20_000_000;

/** Null when there is no such file. */
async function textIn(file: string): Promise<string | null> {
  try {
    if ((await stat(file)).size > mostBytes) throw unfit(file, 'is too large for a postmortem');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof FaultError) throw error;
    if (codeOf(error) === 'ENOENT') return null;
    throw unfit(file, error instanceof TypeError ? 'is not UTF-8 text' : 'cannot be read', error);
  }
}

/** All or nothing: a crash leaves the file as it was. Rights are those of the file before, or the usual ones. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.partial`);
  try {
    const mode = await stat(file).then(
      (one) => one.mode & 0o777,
      () => 0o666,
    );
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unfit(file, 'cannot be written', error);
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

function unfit(file: string, what: string, cause?: unknown): FaultError {
  return new FaultError({
    code: 'file-unfit',
    message: `${told(file)} ${what}${codeOf(cause) === undefined ? '' : ` (${String(codeOf(cause))})`}.`,
    next: 'Choose another file with --out; nothing was changed.',
    cause,
  });
}
