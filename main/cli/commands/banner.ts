// `banner on|off|show`: a notice to users, put up and taken down, and what is known of it.
import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../../shared/duration.ts';
import { FaultError } from '../../../shared/fault.ts';
import { type Finding, leverRequest, severity } from '../../../shared/lever.ts';
import type { BannerView } from '../../../shared/snapshot.ts';
import { moment } from '../../../shared/words.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { withLevers } from '../lever-desk.ts';
import { type LeverOptions, pull, pullOf } from '../lever-run.ts';
import { wayWords } from '../lever-words.ts';
import { told } from '../output.ts';
import type { Ended } from '../services.ts';

type OnOptions = LeverOptions & { readonly severity?: string; readonly for?: number };

export const addBanner: AddCommand = (program, run) => {
  const group = program.command('banner').description('Show your users a banner, or take it down.');
  withExamples(group, 'banner on "We are looking into slow log-ins." --for 2h', 'banner off', 'banner show');

  const on = group
    .command('on')
    .description('Put a banner up, and say so once it was read back from outside.')
    .argument('<text>', 'what your users will read; at most 500 characters')
    .addOption(new Option('--severity <level>', 'how it looks').choices(severity.options).default('warning'))
    .option('--for <time>', 'take it down after this long, such as 30m or 2h; only a running engine can', lengthOfTime)
    .option('--dry-run', 'look and say what would change, and change nothing')
    .option('--yes', 'do it without asking')
    .action((text: string, options: OnOptions) => run((context) => bannerOn(context, text, options)));
  withExamples(on, 'banner on "Log-in is down; we are on it."', 'banner on "Back soon" --severity critical --for 2h --yes');

  const off = group
    .command('off')
    .description('Take the banner down, and say so once that was seen from outside.')
    .option('--dry-run', 'look and say what would change, and change nothing')
    .option('--yes', 'do it without asking')
    .action((options: LeverOptions) => run((context) => bannerOff(context, options)));
  withExamples(off, 'banner off', 'banner off --dry-run');

  const show = group
    .command('show')
    .description('Show what is known of the banner, without asking anybody.')
    .action(() => run(showBanner));
  withExamples(show, 'banner show', 'banner show --json');
};

function lengthOfTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= 1_000 && ms <= 31_536_000_000) return ms;
  throw new InvalidArgumentError('Give a length of time from 1s to 365d, such as 30m or 2h.');
}

async function bannerOn(context: Context, text: string, options: OnOptions): Promise<Ended> {
  const forMs = options.for ?? null;
  const request = leverRequest.safeParse({ action: 'banner', on: true, text, severity: options.severity, forMs });
  if (!request.success) {
    throw new FaultError({
      code: 'banner-text',
      message: text.trim() === '' ? 'A banner needs a text for your users to read.' : 'A banner holds at most 500 characters.',
      next: 'For example: signalbox banner on "We are looking into slow log-ins."',
    });
  }
  const findings = forMs === null ? [] : await expiryFindings(context);
  return await pull(context, { ...pullOf(request.data, options), findings });
}

/** Only an engine takes a banner down at its time; a command has ended by then. */
async function expiryFindings({ services, place }: Context): Promise<readonly Finding[]> {
  if ((await services.running(place)) !== null) return [];
  const text =
    'No engine runs now, so nobody would take the banner down at its time: start `signalbox watch`, or run `signalbox banner off` then.';
  return [{ level: 'warning', text }];
}

async function bannerOff(context: Context, options: LeverOptions): Promise<Ended> {
  const request = leverRequest.parse({ action: 'banner', on: false });
  return await pull(context, pullOf(request, options));
}

async function showBanner(context: Context): Promise<Ended> {
  const { out } = context;
  const now = context.now();
  return await withLevers<Ended>(context, async ({ levers }) => {
    const { banner, levers: stand } = levers.view(now);
    const { on, text, severity: level, verifiedAt, expiresAt, way } = banner;
    out.answer(
      () => ({ on, text, severity: level, verifiedAt, expiresAt, way }),
      () => [bannerSentence(banner, now), ...(stand.banner.problem === null ? [] : [told(stand.banner.problem)])],
    );
    return 0;
  });
}

/** How the banner stands, for people; `now` is epoch milliseconds. */
export function bannerSentence({ on, text, severity: level, verifiedAt, expiresAt, way }: BannerView, now: number): string {
  const at = (time: string): string => moment(Date.parse(time), now);
  const by = way === null ? '' : `, by ${wayWords(way)}`;
  const seen = verifiedAt === null ? '' : `, seen from outside at ${at(verifiedAt)}`;
  if (!on) return `The banner is off${seen}.`;
  const unseen = verifiedAt === null ? ', but not seen from outside yet' : seen;
  const until = expiresAt === null ? '' : ` It comes down at ${at(expiresAt)}.`;
  return `The banner is on: “${told(text ?? '')}” (${level ?? 'warning'})${by}${unseen}.${until}`;
}
