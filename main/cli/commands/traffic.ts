// `traffic standby|primary|prepare|show`: to which API server the front end sends its users.
import { type LeversView, leverRequest } from '../../../shared/lever.ts';
import type { TrafficView } from '../../../shared/snapshot.ts';
import { moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { withLevers } from '../lever-desk.ts';
import { type LeverOptions, pull, pullOf } from '../lever-run.ts';
import { wayWords } from '../lever-words.ts';
import { type Out, told } from '../output.ts';
import type { Ended } from '../services.ts';

const deeds = [
  ['standby', 'Send traffic to the standby: wake it, switch, and see it from outside.'],
  ['primary', 'Send traffic back to the primary, and see it from outside.'],
  ['prepare', 'Build the twin, a deployment with the standby’s address in it, so that switching takes seconds. Moves nothing.'],
] as const;

export const addTraffic: AddCommand = (program, run) => {
  const group = program.command('traffic').description('Send traffic to the standby or back to the primary.');
  withExamples(group, 'traffic standby --dry-run', 'traffic primary --yes', 'traffic prepare', 'traffic show');

  for (const [to, description] of deeds) {
    const deed = group
      .command(to)
      .description(description)
      .option('--dry-run', 'look and say what would change, and change nothing')
      .option('--yes', 'do it without asking');
    if (to !== 'prepare') deed.option('--force', 'go on where a refusal may be overridden');
    deed.action((options: LeverOptions) => run((context) => moveTraffic(context, to, options)));
    withExamples(deed, `traffic ${to}`, `traffic ${to} --dry-run --json`);
  }

  const show = group
    .command('show')
    .description('Show where traffic goes and what is known of the twin, without asking anybody.')
    .action(() => run(showTraffic));
  withExamples(show, 'traffic show', 'traffic show --json');
};

async function moveTraffic(context: Context, to: (typeof deeds)[number][0], options: LeverOptions): Promise<Ended> {
  const request = leverRequest.parse({ action: 'traffic', to, force: options.force ?? false });
  return await pull(context, pullOf(request, options));
}

async function showTraffic(context: Context): Promise<Ended> {
  const { out } = context;
  const now = context.now();
  return await withLevers<Ended>(context, async ({ levers }) => {
    const { traffic, levers: stand } = levers.view(now);
    const { target, verifiedAt, way } = traffic;
    out.answer(
      () => ({ target, verifiedAt, way, ...stand.traffic, lastDrillAt: stand.drill.lastAt, drillOverdue: stand.drill.overdue }),
      () => [trafficSentence(traffic, now), ...(stand.traffic.ready ? facts(out, stand, now) : [unset(stand)])],
    );
    return 0;
  });
}

const unset = ({ traffic }: LeversView): string => told(traffic.problem ?? 'The lever is not set up.');

function facts(out: Out, { traffic, drill }: LeversView, now: number): readonly string[] {
  const { primary, standby, ways, twin, automation, warning, suggestion, problem } = traffic;
  return [
    ...out.table([
      ['Primary', told(primary ?? '-')],
      ['Standby', told(standby ?? '-')],
      ['Ways', ways.map(wayWords).join(', then ')],
      ...(twin === null ? [] : [['Twin', `${twin.state}: ${told(twin.sentence)}`]]),
      ['Automation', automation],
      ['Last drill', drillWords(drill, now)],
    ]),
    ...[problem, warning, suggestion].filter((said) => said !== null).map(told),
  ];
}

/** When the failover was last rehearsed, for people. */
export function drillWords({ lastAt, overdue }: Pick<LeversView['drill'], 'lastAt' | 'overdue'>, now: number): string {
  if (lastAt === null) return 'never';
  return `${moment(Date.parse(lastAt), now)}${overdue ? ' (no good one in the last 30 days)' : ''}`;
}

/** Where traffic goes, for people; `now` is epoch milliseconds. */
export function trafficSentence({ target, verifiedAt, way }: TrafficView, now: number): string {
  if (target === 'unknown') return 'It is not known where traffic goes.';
  const seen =
    verifiedAt === null ? ', but that was not seen from outside yet' : `, seen at ${moment(Date.parse(verifiedAt), now)}`;
  return `Traffic goes to the ${target}${seen}${way === null ? '' : ` (${wayWords(way)})`}.`;
}
