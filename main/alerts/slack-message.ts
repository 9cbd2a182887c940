// An alert as the JSON of a Slack incoming webhook: fallback text, header, fields, context. Pure.
import { duration } from '../../shared/words.ts';
import type { Alert } from '../core/model.ts';
import { affected, detail, headline, isTest, utc } from './wording.ts';

/** Whose outage it is, for readers of a channel that several products share. */
export type App = { readonly name: string; readonly environment: string };

// `verbatim` keeps Slack from turning outside text that looks like a URL, a channel or a person into links and mentions.
type Mrkdwn = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };
type Block =
  | { readonly type: 'header'; readonly text: { readonly type: 'plain_text'; readonly text: string } }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] };

export type SlackMessage = {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
};

/** `text` is always set: notifications, screen readers and old clients show it instead of the blocks.
 *  Limits (docs.slack.dev, Block Kit reference): header 150, field 2,000, section text 3,000 characters. */
export function slackMessage(alert: Alert, app: App): SlackMessage {
  const more = detail(alert, 2_000);
  const fields = fieldsOf(alert);
  return {
    text: escaped(`${headline(alert)}.${more ? ` ${more}` : ''}`, 3_000),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: escaped(headline(alert), 150) } },
      ...(more ? [{ type: 'section', text: mrkdwn(escaped(more, 2_900)) } as const] : []),
      ...(fields.length > 0 ? [{ type: 'section', fields } as const] : []),
      { type: 'context', elements: [mrkdwn(escaped(contextOf(alert, app), 1_900))] },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function fieldsOf(alert: Alert): Mrkdwn[] {
  const fields: Mrkdwn[] = [];
  if (alert.openedAt !== null && !isTest(alert)) fields.push(mrkdwn(`*Since*\n${slackTime(alert.openedAt)}`));
  if (alert.monitors.length > 0) fields.push(mrkdwn(`*Affected*\n${escaped(affected(alert), 1_900)}`));
  if (alert.durationMs !== null && alert.durationMs > 0) {
    fields.push(mrkdwn(`*${alert.kind === 'resolved' ? 'Duration' : 'Duration so far'}*\n${duration(alert.durationMs)}`));
  }
  return fields;
}

function contextOf(alert: Alert, app: App): string {
  const parts = [app.name, app.environment];
  if (alert.incidentId !== null) parts.push(`Incident ${alert.incidentId}`);
  if (alert.kind === 'reminder') parts.push('reminders end once it is acknowledged: signalbox incident ack');
  return parts.join(' · ');
}

/** Each reader's own local time, as Slack renders it, with UTC beside it: logs and the timeline are in UTC, and nobody
 *  should do that sum at night. The part after `|` is for clients that cannot render dates. */
function slackTime(at: number): string {
  return `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} {time}|${utc(at)}> (${utc(at).slice(11)})`;
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Slack's three control characters as entities, so that outside text can neither mention `<!channel>` nor link; at most
 *  `maxLength` characters once escaped, never cut inside an entity. */
export function escaped(text: string, maxLength: number): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  let result = '';
  for (const character of text) {
    const next = entities[character] ?? character;
    if (result.length + next.length > maxLength - 1) return `${result}…`;
    result += next;
  }
  return result;
}
