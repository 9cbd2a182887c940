// `dump`, `dump list|verify|delete`: copies of the production database on this machine.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FaultError } from '../../../shared/fault.ts';
import { type DumpFile, leverRequest } from '../../../shared/lever.ts';
import { moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { confirm, withLevers } from '../lever-desk.ts';
import { pull } from '../lever-run.ts';
import { size } from '../lever-words.ts';
import { type Out, told } from '../output.ts';
import type { Ended } from '../services.ts';

type CreateOptions = { readonly full?: boolean; readonly out?: string; readonly dryRun?: boolean };

export const addDump: AddCommand = (program, run) => {
  const group = program
    .command('dump')
    .description('Dump the production database to a file on this machine, proven readable. The database is only read.')
    .option('--full', 'schema and data; otherwise what "dump.mode" in the settings says')
    .option('--out <dir>', 'folder for the file; otherwise "dump.directory"')
    .option('--dry-run', 'look and say what would be dumped, and write nothing')
    .action((options: CreateOptions) => run((context) => createDump(context, options)));
  withExamples(group, 'dump', 'dump --full --out /mnt/backup', 'dump list', 'dump verify 20260102-030405-production.dump');

  const list = group
    .command('list')
    .description('List the dumps in the folder, newest first.')
    .action(() => run(listDumps));
  withExamples(list, 'dump list', 'dump list --json');

  const verify = group
    .command('verify')
    .description('Restore a dump into the scratch database ("dump.scratch") and compare the number of rows of every table.')
    .argument('<file>', 'path of the file, or its name inside the folder of the dumps')
    .option('--dry-run', 'look and say what would be done, and restore nothing')
    // `dump` itself has the option too, and takes it wherever it stands.
    .action((file: string, _options: unknown, command: Command) =>
      run((context) => verifyDump(context, file, command.optsWithGlobals<CreateOptions>())),
    );
  withExamples(verify, 'dump verify 20260102-030405-production.dump', 'dump verify ./copy.dump --json');

  const remove = group
    .command('delete')
    .description('Delete a dump and its checksum.')
    .argument('<name>', 'as listed by `signalbox dump list`')
    .option('--yes', 'do it without asking')
    .action((name: string, options: { readonly yes?: boolean }) => run((context) => deleteDump(context, name, options)));
  withExamples(remove, 'dump delete 20260102-030405-production.dump --yes');
};

// Neither of the two asks anybody: a dump only reads, and verifying writes to the database that is there to be written over.
async function createDump(context: Context, { full = false, out, dryRun = false }: CreateOptions): Promise<Ended> {
  const directory = out === undefined ? null : resolve(context.cwd, out);
  const request = leverRequest.parse({ action: 'dump', task: 'create', full, directory });
  return await pull(context, { request, dryRun, asking: 'never', force: false });
}

async function verifyDump(context: Context, given: string, { dryRun = false }: CreateOptions): Promise<Ended> {
  const request = leverRequest.safeParse({ action: 'dump', task: 'verify', file: fileMeant(context, given) });
  if (!request.success) throw noSuchDump();
  return await pull(context, { request: request.data, dryRun, asking: 'never', force: false });
}

/** A path counts from the working folder; a bare name that is no file there is one in the folder of the dumps. */
function fileMeant({ cwd }: Context, given: string): string {
  const here = resolve(cwd, given);
  return /[\\/]/.test(given) || existsSync(here) ? here : given;
}

async function listDumps(context: Context): Promise<Ended> {
  const { out } = context;
  return await withLevers<Ended>(context, async ({ levers }) => {
    const dumps = [...(await levers.dumps())].sort((one, other) => other.at.localeCompare(one.at));
    out.answer(
      () => dumps,
      () => (dumps.length === 0 ? ['No dumps so far.'] : out.table(dumps.map((dump) => row(out, dump, context.now())))),
    );
    return 0;
  });
}

function row(out: Out, dump: DumpFile, now: number): readonly string[] {
  const { name, at, bytes, tables, mode, encrypted, verifiedAt, problem } = dump;
  const kind = [...(mode === null ? [] : [told(mode)]), ...(encrypted ? ['encrypted'] : [])].join(', ');
  const state = problem ?? (verifiedAt === null ? '' : `verified ${moment(Date.parse(verifiedAt), now)}`);
  return [
    told(name),
    moment(Date.parse(at), now),
    size(bytes),
    tables === null ? '-' : `${tables} ${tables === 1 ? 'table' : 'tables'}`,
    kind,
    problem === null ? out.faint(state) : out.paint('amber', `! ${told(state)}`),
  ];
}

async function deleteDump(context: Context, name: string, { yes = false }: { readonly yes?: boolean }): Promise<Ended> {
  const { out } = context;
  return await withLevers<Ended>(context, async ({ levers }) => {
    const dumps = await levers.dumps();
    const dump = dumps.find((one) => one.name === name);
    if (dump === undefined) throw noSuchDump();
    if (!yes) {
      const what = `Delete ${told(name)} (${size(dump.bytes)}, of ${moment(Date.parse(dump.at), context.now())})`;
      const good = dumps.filter(({ problem }) => problem === null);
      out.note(`${what}.${good.length === 1 && good[0] === dump ? ' It is the last good one.' : ''}`);
      await confirm(context, what);
    }
    await levers.deleteDump(name);
    out.answer(
      () => ({ name, deleted: true }),
      () => [`Deleted ${told(name)}.`],
    );
    return 0;
  });
}

function noSuchDump(): FaultError {
  return new FaultError({
    code: 'no-such-dump',
    message: 'There is no dump of this name.',
    next: 'See `signalbox dump list` for those there are.',
  });
}
