// `secret set|list|delete`: credentials in and out of the keychain. Values go in by standard input or a silent prompt and
// never come out again (SECURITY S-31, S-45).
import { FaultError } from '../../../shared/fault.ts';
import { secretName, secretsIn } from '../../../shared/settings.ts';
import { moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { lamps, told } from '../output.ts';
import { readSecret } from '../secret-input.ts';
import type { Ended } from '../services.ts';
import { variableOf } from './check.ts';

export const addSecret: AddCommand = (program, run) => {
  const group = program.command('secret').description('Keep credentials in the system keychain.');
  withExamples(group, 'secret set database-url < url.txt', 'secret list', 'secret delete slack-webhook');

  const setting = group
    .command('set')
    .description('Store a secret. The value is read from standard input, or asked for without showing it.')
    .argument('<name>', 'as used in the settings file: ${secret:name}')
    .action((name: string) => run((context) => setSecret(context, name)));
  withExamples(setting, 'secret set rollbar-token', 'secret set database-url < url.txt');

  const listing = group
    .command('list')
    .description('List secrets: which are set, where each comes from, which the settings miss. Never a value.')
    .action(() => run(listSecrets));
  withExamples(listing, 'secret list');

  const deleting = group
    .command('delete')
    .description('Remove a secret from the keychain.')
    .argument('<name>')
    .action((name: string) => run((context) => deleteSecret(context, name)));
  withExamples(deleting, 'secret delete slack-webhook');
};

export async function setSecret(context: Context, typed: string): Promise<Ended> {
  const { services, out } = context;
  const name = checked(typed);
  const value = await readSecret(name, context.secretSource, context.signal);
  const secrets = services.secretsAt(context.place);
  await secrets.set(name, value);
  // A variable wins over the keychain: storing another value beside it would change nothing, and look as if it had.
  const found = await secrets.get(name);
  const isShadowed = found?.source === 'environment';
  if (isShadowed) out.note(`Note: ${variableOf(name)} is set in the environment and wins over what was just stored.`);
  out.answer(
    () => ({ name, stored: true, source: found?.source ?? 'keychain' }),
    () => [`Stored "${name}" in the keychain.`],
  );
  return 0;
}

export async function deleteSecret(context: Context, typed: string): Promise<Ended> {
  const name = checked(typed);
  if (!(await context.services.secretsAt(context.place).delete(name))) {
    throw new FaultError({
      code: 'secret-missing',
      message: `The keychain holds no secret "${name}".`,
      next: 'See `signalbox secret list` for those there are.',
      exitCode: 1,
    });
  }
  context.out.answer(
    () => ({ name, deleted: true }),
    () => [`Deleted "${name}" from the keychain.`],
  );
  return 0;
}

export async function listSecrets(context: Context): Promise<Ended> {
  const { services, out } = context;
  const wanted = await wantedNames(context);
  const present = await services.secretsAt(context.place).list(wanted);
  const entries = new Map(present.map((entry) => [entry.name, entry]));
  const rows = [...new Set([...wanted, ...entries.keys()])].sort().map((name) => ({
    name,
    source: entries.get(name)?.source ?? null,
    setAt: entries.get(name)?.setAt ?? null,
    used: wanted.includes(name),
  }));
  out.answer(
    () => rows,
    () =>
      rows.length === 0
        ? ['No secret is set, and the settings ask for none.']
        : out.table(
            rows.map(({ name, source, setAt, used }) => [
              source === null ? out.paint('red', `${lamps.red} missing`) : out.paint('green', `${lamps.green} ${source}`),
              name,
              setAt === null ? '' : `set ${moment(Date.parse(setAt), context.now())}`,
              used ? '' : out.faint('not used by the settings'),
            ]),
          ),
  );
  return 0;
}

/** What the settings refer to; with settings that cannot be read, the keychain can still be listed. */
async function wantedNames(context: Context): Promise<readonly string[]> {
  try {
    return secretsIn((await context.services.openSettings(context.place)).settings);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    context.out.note(`The settings were not read: ${told(error.message)}`);
    return [];
  }
}

function checked(name: string): string {
  if (secretName.safeParse(name).success) return name;
  // The name is not repeated: it may be the value, put in the wrong place.
  throw new FaultError({
    code: 'secret-name',
    message: 'This is not a name for a secret: use lower-case letters, digits, "-", "_" and ".", at most 64.',
    next: 'For example: signalbox secret set rollbar-token',
  });
}
