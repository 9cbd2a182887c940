// `drill`: rehearses the failover in production and measures it.
import { leverRequest } from '../../../shared/lever.ts';
import { type AddCommand, withExamples } from '../context.ts';
import { type LeverOptions, pull, pullOf } from '../lever-run.ts';

export const addDrill: AddCommand = (program, run) => {
  const command = program
    .command('drill')
    .description('Rehearse the failover in production: traffic to the standby, seen from outside and timed, and back again.')
    .option('--dry-run', 'look and say what would happen, and change nothing')
    .option('--yes', 'do it without asking')
    .option('--force', 'go on where a refusal may be overridden')
    .action((options: LeverOptions) =>
      run((context) => pull(context, pullOf(leverRequest.parse({ action: 'drill', force: options.force ?? false }), options))),
    );
  withExamples(command, 'drill --dry-run', 'drill --yes --json');
};
