// The status pages' stand-in against our own readers and against the published samples.
import { afterEach, describe, expect, it } from 'vitest';
import { readStatusPage } from '../../main/providers/status-page-formats.ts';
import { type PageFormat, type StatusPageStandIn, startStatusPage } from '../../simulator/status-page.ts';
import { missingFrom, sample, sampleNames, samplesAbsent } from './ask.ts';

const formats: readonly (readonly [PageFormat, string, string])[] = [
  ['statuspage', '/api/v2/summary.json', 'statuspage'],
  ['incident-io', '/api/v2/summary.json', 'incidentio'],
  ['instatus', '/summary.json', 'instatus'],
  ['better-stack', '/index.json', 'betterstack'],
  ['slack', '/api/v2.0.0/current', 'slack'],
];

const pages: StatusPageStandIn[] = [];
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.stop()));
});

async function start(format: PageFormat): Promise<StatusPageStandIn> {
  const page = await startStatusPage({ format });
  pages.push(page);
  return page;
}

async function document(page: StatusPageStandIn, path: string): Promise<unknown> {
  return (await fetch(`${page.url}${path}`)).json();
}

const outage = {
  name: 'Services hosted in Frankfurt are unreachable',
  impact: 'major',
  components: ['Frankfurt / Web Services'],
  update: 'Looking into it.',
} as const;

describe.each(formats)('the %s stand-in', (format, path, folder) => {
  it('tells of an incident that begins, changes and ends, as our reader sees it', async () => {
    const page = await start(format);
    const seen = async (): Promise<unknown> => readStatusPage(await document(page, path));
    expect(await seen()).toMatchObject({ format, indicator: 'none', incidents: [] });
    page.setIncidents([outage]);
    const begun = readStatusPage(await document(page, path));
    expect(begun).toMatchObject({ format, incidents: [{ name: outage.name }] });
    expect(begun?.indicator).not.toBe('none');
    page.setIncidents([{ ...outage, status: 'identified', impact: 'critical', update: 'A disk is broken.' }]);
    const changed = readStatusPage(await document(page, path));
    expect(changed).not.toEqual(begun);
    expect(changed?.incidents[0]?.severity).toBe('critical');
    page.setIncidents([]);
    expect(await seen()).toMatchObject({ indicator: 'none', incidents: [] });
  });

  it.skipIf(samplesAbsent)('says nothing that the published samples do not, with the same types', async () => {
    const page = await start(format);
    page.setIncidents([outage]);
    const ours = await document(page, path);
    const strangers = sampleNames(folder).map((name) => unknownTo(sample(name), ours));
    // One sample has an incident, another has none to compare with; a key is known when any of them has it.
    expect(strangers.reduce((left, right) => left.filter((key) => right.includes(key)))).toEqual([]);
  });

  it.skipIf(samplesAbsent)('has samples that our reader understands', () => {
    const names = sampleNames(folder);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(readStatusPage(sample(name)), name).toMatchObject({ format });
  });
});

/** Key paths of `ours` that the sample lacks or has with another type. Better Stack's mixed list is compared kind by kind. */
function unknownTo(published: unknown, ours: unknown): string[] {
  const parts = [published, ours].map(byKind);
  return missingFrom(parts[0], parts[1]);
}

function byKind(value: unknown): unknown {
  const included = (value as { included?: readonly { readonly type: string }[] }).included;
  if (!included) return value;
  const kinds = Object.fromEntries(included.toReversed().map((one) => [one.type, one]));
  return { ...(value as object), included: kinds };
}
