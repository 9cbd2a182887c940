// The line diagram: what it says and where things lie.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineGeometry } from '../../../renderer/line-geometry.ts';
import { lineModel, worst } from '../../../renderer/line-model.ts';
import type { Status } from '../../../shared/monitor.ts';
import { downMonitorOf, iso, monitorOf, ninePanels, observationOf, playedAt, snapshotOf } from '../../support/view-fixtures.ts';

describe('worst', () => {
  it.each<[Status[], Status | null]>([
    [[], null],
    [['up', 'down', 'degraded'], 'down'],
    [['up', 'verifying'], 'verifying'],
    [['up', 'unknown'], 'unknown'],
    [['up', 'paused', 'pending'], 'up'],
    [['paused'], 'paused'],
  ])('of %j is %s', (statuses, expected) => expect(worst(statuses)).toBe(expected));
});

describe('lineModel', () => {
  it('shows the first user’s healthy line', () => {
    const model = lineModel(snapshotOf(ninePanels()));
    expect(model.stations).toEqual({
      frontend: { label: 'Front end', status: 'up', note: '47 ms', name: 'Front end' },
      primary: { label: 'Primary', status: 'up', note: '2 up', name: null },
      standby: { label: 'Standby', status: 'up', note: '341 ms', name: 'API (Oregon, free)' },
      database: { label: 'Database', status: 'up', note: '61 ms', name: 'Postgres' },
    });
    expect(model).toMatchObject({ route: 'primary', assumed: true, lit: true, empty: false });
    expect(model.signs).toEqual([{ id: 'render', name: 'Render', status: 'up', text: 'no trouble' }]);
  });

  it('counts the failing ones of several', () => {
    const monitors = ninePanels().map((monitor) =>
      monitor.id === 'login' ? downMonitorOf('login', { role: 'api-primary' }) : monitor,
    );
    expect(lineModel(snapshotOf(monitors)).stations.primary).toMatchObject({ status: 'down', note: '1 of 2 down' });
  });

  it('says which stations nobody watches', () => {
    const { stations, empty, lit } = lineModel(snapshotOf([monitorOf('api', { role: 'api-primary' })]));
    expect(stations.database).toEqual({ label: 'Database', status: null, note: 'not watched', name: null });
    expect([empty, lit]).toEqual([false, true]);
  });

  it('puts monitors without a place beside the line', () => {
    const model = lineModel(snapshotOf([monitorOf('a'), downMonitorOf('b', { name: 'Mail' })]));
    expect(model.empty).toBe(true);
    expect(model.signs).toEqual([{ id: ' others', name: 'Off the line', status: 'down', text: 'Mail down' }]);
  });

  it('follows the verified position of the points', () => {
    const model = lineModel(
      snapshotOf(ninePanels(), { traffic: { target: 'standby', verifiedAt: iso(playedAt), way: 'promote-twin' } }),
    );
    expect(model).toMatchObject({ route: 'standby', assumed: false });
    expect(model.description).toContain('Traffic goes from the front end to the standby, then to the database.');
  });

  it('switches its lights off when nothing is known', () => {
    const unknown = ninePanels().map((monitor) => ({ ...monitor, status: 'unknown' as const }));
    expect(lineModel(snapshotOf(unknown)).lit).toBe(false);
  });

  it('reads a troubled provider page', () => {
    const provider = {
      page: 'Render',
      format: 'statuspage' as const,
      severity: 'major' as const,
      components: [{ name: 'Frankfurt', status: 'major_outage' }],
      incidents: [],
    };
    const last = observationOf('render', { outcome: 'degraded', provider });
    const page = monitorOf('render', { name: 'Render', role: 'provider', status: 'degraded', last });
    expect(lineModel(snapshotOf([page])).signs[0]?.text).toBe('major outage in Frankfurt');
  });

  it('describes the whole picture in words', () => {
    expect(lineModel(snapshotOf(ninePanels())).description).toBe(
      'Traffic goes from the front end to the primary (assumed, not verified), then to the database. Front end: up, 47 ms. ' +
        'Primary: up, 2 up. Standby: up, 341 ms. Database: up, 61 ms. 1 sign beside the line.',
    );
  });
});

describe('lineGeometry', () => {
  it('keeps everything inside and in order at any width', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 2_400 }),
        fc.constantFrom('primary' as const, 'standby' as const),
        (width, route) => {
          const { stations, points, join, height } = lineGeometry(width, route);
          const order = [0, stations.frontend.x, points.x, stations.primary.x, join.x, stations.database.x, width];
          expect(order).toEqual([...order].sort((a, b) => a - b));
          // Two station marks never touch, and words have room above and below.
          expect(stations.primary.x - points.x).toBeGreaterThan(36);
          expect(stations.standby.y + 50).toBeLessThanOrEqual(height);
        },
      ),
    );
  });

  it('leaves a gap at the points on the branch that is not set', () => {
    const set = lineGeometry(400, 'primary');
    expect(set.tracks.primaryIn).toBe(`M${set.points.x} ${set.points.y}H${set.stations.primary.x}`);
    expect(set.tracks.standbyIn).not.toContain(`M${set.points.x} `);
    const other = lineGeometry(400, 'standby');
    expect(other.tracks.standbyIn).toContain(`M${other.points.x} ${other.points.y}L`);
    expect(other.tracks.primaryIn).not.toContain(`M${other.points.x} `);
  });
});
