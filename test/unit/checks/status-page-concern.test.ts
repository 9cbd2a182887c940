import { describe, expect, it } from 'vitest';
import { concern } from '../../../main/providers/status-page-concern.ts';
import type { PageComponent, PageIncident, Severity, StatusPage } from '../../../main/providers/status-page-model.ts';

function component(group: string | null, name: string, severity: Severity = 'none'): PageComponent {
  return { id: `${group}-${name}`, name, group, status: severity === 'none' ? 'operational' : 'partial_outage', severity };
}

function incident(name: string, extra: Partial<PageIncident> = {}): PageIncident {
  const base = {
    name,
    status: 'investigating',
    impact: 'minor',
    severity: 'minor',
    url: null,
    startedAt: null,
    lastUpdate: null,
    touches: [],
  };
  return { ...base, ...extra } as PageIncident;
}

function page(extra: Partial<StatusPage> = {}): StatusPage {
  const components = [
    component(null, 'Render API'),
    component('Frankfurt', 'Web Services'),
    component('Frankfurt', 'PostgreSQL'),
    component('Oregon', 'Web Services'),
  ];
  return { format: 'statuspage', name: 'Render', indicator: 'none', components, incidents: [], ...extra };
}

const ours = ['Frankfurt / Web Services'];

describe('what concerns us', () => {
  it.each<[string, string[], PageIncident, boolean]>([
    ['an incident that touches our component', ours, incident('Trouble', { touches: ['Frankfurt-Web Services'] }), true],
    ['one that touches another', ours, incident('Trouble', { touches: ['Oregon-Web Services'] }), false],
    [
      'one that touches another, but names our region',
      ours,
      incident('Trouble in Frankfurt', { touches: ['Frankfurt-PostgreSQL'] }),
      true,
    ],
    ['one that names our region and touches nothing', ours, incident('FRANKFURT: trouble'), true],
    ['one whose update names our region', ours, incident('Trouble', { lastUpdate: 'It is in Frankfurt.' }), true],
    ['one that names another region', ours, incident('Slow deploys in Oregon'), false],
    ['one that names what every region has', ours, incident('Web Services are slow'), false],
    ['one that only begins like our region', ours, incident('Frankfurter trouble'), false],
    ['one that names our top-level component', ['Render API'], incident('The API of Render is slow'), true],
    ['one that names half of it', ['Render API'], incident('API trouble'), false],
    ['any, when we named nothing', [], incident('Slow deploys in Oregon'), true],
  ])('%s', (_, wanted, one, expected) => {
    const judged = concern(page({ incidents: [one] }), wanted, 'host');
    expect(judged.report.incidents[0]?.concernsUs).toBe(expected);
    expect(judged.severity).toBe(expected ? 'minor' : 'none');
  });

  it('is our component, not the indicator of the whole page', () => {
    expect(concern(page({ indicator: 'critical' }), ours, 'host').severity).toBe('none');
    expect(concern(page({ components: [component('Frankfurt', 'Web Services', 'major')] }), ours, 'host').severity).toBe('major');
  });

  it('is the indicator when nothing says what it is about', () => {
    expect(concern(page({ indicator: 'major', components: null }), ours, 'host').severity).toBe('major');
    const explained = page({ indicator: 'major', components: null, incidents: [incident('Dashboard is slow')] });
    expect(concern(explained, ours, 'host').severity).toBe('none');
  });

  it('is the worst of indicator and open incidents when we named nothing', () => {
    expect(concern(page({ indicator: 'none', incidents: [incident('x')] }), [], 'host').severity).toBe('minor');
    expect(concern(page({ indicator: 'major' }), [], 'host').severity).toBe('major');
  });

  it('is matched by the service names that Slack gives', () => {
    const slack = page({ format: 'slack', components: null, incidents: [incident('Slow', { touches: ['Messaging'] })] });
    expect(concern(slack, ['Messaging'], 'host').severity).toBe('minor');
    expect(concern(slack, ['Calls'], 'host').severity).toBe('none');
  });
});

describe('the names of components', () => {
  const names = (wanted: string): string[] => concern(page(), [wanted], 'host').report.components.map((one) => one.name);

  it('match with their group, whatever case and spaces', () => {
    expect(names('frankfurt /  web services')).toEqual(['Frankfurt / Web Services']);
    expect(names('Render API')).toEqual(['Render API']);
  });

  it('may be a whole group, or a child that is the only one of its name', () => {
    expect(names('Frankfurt')).toEqual(['Frankfurt / Web Services', 'Frankfurt / PostgreSQL']);
    expect(names('PostgreSQL')).toEqual(['Frankfurt / PostgreSQL']);
    expect(names('Web Services')).toEqual([]);
  });

  it('that the page does not have are told with the closest ones', () => {
    const [missing] = concern(page(), ['Frankfurt / Web Service'], 'host').missing;
    expect(missing).toEqual({
      name: 'Frankfurt / Web Service',
      close: ['Frankfurt / Web Services', 'Oregon / Web Services', 'Frankfurt / PostgreSQL'],
    });
    expect(concern(page({ components: null }), ['Anything'], 'host').missing).toEqual([]);
  });
});

describe('the sentence', () => {
  it('quotes the worst incident that concerns us', () => {
    const incidents = [
      incident('Slow in Frankfurt'),
      incident('Frankfurt is down', { severity: 'major' }),
      incident('Oregon burns', { severity: 'critical' }),
    ];
    expect(concern(page({ incidents }), ours, 'host').sentence).toBe('Render reports: "Frankfurt is down" (major).');
  });

  it('names the components when there is no incident', () => {
    const components = [component('Frankfurt', 'Web Services', 'major'), component('Frankfurt', 'PostgreSQL', 'minor')];
    expect(concern(page({ components }), ['Frankfurt'], 'host').sentence).toBe(
      'Render reports: Frankfurt / Web Services and 1 more: partial outage (major).',
    );
  });

  it('falls back to the host for a page without a name, and is silent when all is well', () => {
    expect(concern(page({ name: null, indicator: 'minor' }), [], 'status.example.com').sentence).toMatch(
      /^status\.example\.com reports trouble/,
    );
    expect(concern(page(), ours, 'host').sentence).toBeNull();
  });
});
