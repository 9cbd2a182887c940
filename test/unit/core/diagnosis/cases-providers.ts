// Outages as they were reported in public, and how they would have looked from here: each with the cause that may be named, how
// sure one may be, the lever, and what must not be claimed. The facts are ours; the reports are named so that they can be read.
// Here: providers.
import { allDown, type Case, calm, down, http, page, picture, project, timeout, up } from './picture.ts';

export const providers: readonly Case[] = [
  {
    report: 'Render, Frankfurt, July 2023 (REPLAYS A)',
    facts: picture([...allDown, up('standby'), up('db')], [page('Render', 'major'), ...calm]),
    rule: 'provider-outage',
    sure: 'high',
    lever: 'traffic',
    not: ['database-down', 'deploy-broke-it'],
  },
  {
    report: 'Render, Frankfurt, without a standby',
    facts: picture([...allDown, up('db')], [page('Render', 'major'), ...calm]),
    rule: 'provider-outage',
    sure: 'high',
    lever: null,
  },
  {
    report: 'Render, trouble in Oregon while our server in Frankfurt is gone',
    facts: picture(
      [...allDown, up('standby'), up('db')],
      [page('Render', 'minor', { where: 'Oregon / Web Services', concernsUs: false })],
    ),
    rule: 'provider-outage',
    sure: 'medium',
    lever: 'traffic',
  },
  {
    report: 'AWS us-east-1, December 2021: page red, our probes fine but one check',
    facts: picture([up('api'), down('login', http(500)), up('db')], [page('Heroku', 'critical')]),
    rule: 'provider-outage',
    sure: 'medium',
    lever: null,
  },
  {
    report: 'AWS us-east-1, October 2025: two providers red at once',
    facts: picture([...allDown, up('standby'), up('db')], [page('Render', 'major'), page('Fly', 'major')]),
    rule: 'provider-outage',
    sure: 'medium',
    lever: 'traffic',
  },
  {
    report: 'Fastly, June 2021: 503 from the edge',
    facts: picture(
      [down('api', http(503)), down('login', http(503)), up('db')],
      [page('Fastly', 'critical', { where: 'Global CDN' }), ...calm],
    ),
    rule: 'provider-outage',
    sure: 'high',
    lever: null,
  },
  {
    report: 'Cloudflare, November 2025: 502 in front of a server that runs',
    facts: picture(
      [down('api', http(502)), down('login', http(502)), up('standby'), up('db')],
      [page('Cloudflare', 'critical', { where: 'Network' }), ...calm],
    ),
    rule: 'provider-outage',
    sure: 'high',
    lever: 'traffic',
  },
  {
    report: 'Cloudflare, June 2022: the page is still green',
    facts: picture([down('api', http(502)), down('login', http(502)), up('standby'), up('db')], [page('Cloudflare'), ...calm]),
    rule: 'server-unreachable',
    sure: 'low',
    lever: 'traffic',
    not: ['provider-outage'],
  },
  {
    report: 'Render, an incident that was resolved yesterday',
    facts: picture([...allDown, up('standby'), up('db')], [page('Render', 'major', { status: 'resolved' }), ...calm]),
    rule: 'provider-outage',
    sure: 'medium',
    lever: 'traffic',
  },
  {
    report: 'Heroku, June 2025: platform down, no page of it watched',
    facts: picture([...allDown, up('standby'), up('db')], calm),
    rule: 'server-unreachable',
    sure: 'low',
    lever: 'traffic',
    not: ['provider-outage'],
  },
  {
    report: 'Vercel, October 2025: the front end fails with its provider',
    facts: picture([up('api'), down('web', http(503)), up('db')], [page('Vercel', 'major', { where: 'Edge Network' })]),
    rule: 'provider-outage',
    sure: 'high',
    lever: null,
  },
  {
    report: 'Slack, May 2020: a provider of alerts is down, and so are we',
    facts: picture([...allDown, up('standby'), up('db')], [page('Slack', 'critical', { where: 'Messaging' })]),
    rule: 'server-unreachable',
    sure: 'low',
    lever: 'traffic',
    not: ['provider-outage'],
  },
  {
    report: 'GitHub, October 2018: somebody else’s trouble',
    facts: picture(
      [up('api'), down('login', http(500, 'Traceback (most recent call last):')), up('db')],
      [page('GitHub', 'major', { where: 'Git operations' })],
    ),
    rule: 'code-error',
    sure: 'medium',
    lever: null,
    not: ['provider-outage'],
  },
  {
    report: 'Supabase, February 2026: the pooler in eu-central-1',
    facts: picture(
      [up('api'), down('login', http(500)), down('pooler', timeout), up('db')],
      [page('Supabase', 'major', { where: 'Pooler' }), project('ACTIVE_HEALTHY', 'pooler')],
    ),
    rule: 'database-one-way-closed',
    sure: 'high',
    lever: null,
  },
  {
    report: 'Supabase, a regional database outage',
    facts: picture(
      [up('api'), down('login', http(500)), down('db', timeout)],
      [page('Supabase', 'critical', { where: 'Database' }), project('ACTIVE_HEALTHY', 'db')],
    ),
    rule: 'provider-outage',
    sure: 'high',
    lever: null,
  },
];
