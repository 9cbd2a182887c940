// Opening files of another age, and files that are none of ours.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../../main/storage/history.ts';
import { type Migration, migrations } from '../../../main/storage/migrations.ts';
import { FaultError } from '../../../shared/fault.ts';
import { commit, monitor, noon, seen, temporaryFolder } from '../../support/history-values.ts';

function faultOf(work: () => unknown): FaultError {
  try {
    work();
  } catch (error: unknown) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const addColumn: Migration = (sql) => sql.exec('ALTER TABLE wishes ADD COLUMN origin TEXT');

describe('migrating', () => {
  it('keeps a private copy of the old file, then takes the steps it lacks', () => {
    const folder = temporaryFolder();
    const old = openHistory(folder);
    old.commit(commit({ observations: [seen('api', noon)] }));
    old.close();
    const migrated = openHistory(folder, { now: () => noon, migrations: [...migrations, addColumn] });
    expect(migrated.strips(5).api).toHaveLength(1);
    migrated.close();
    const copy = join(folder, `history.v${migrations.length}-20261123T120000.db`);
    expect((statSync(copy).mode & 0o777).toString(8)).toBe('600');
    const sql = new DatabaseSync(copy, { readOnly: true });
    expect(sql.prepare('PRAGMA user_version').get()?.user_version).toBe(migrations.length);
    expect(sql.prepare('SELECT count(*) AS rows FROM observations').get()?.rows).toBe(1);
    sql.close();
  });

  it('makes no copy of a new file', () => {
    const folder = temporaryFolder();
    openHistory(folder).close();
    expect(readdirSync(folder)).toEqual(['history.db']);
  });

  it('that fails leaves the file at its version', () => {
    const folder = temporaryFolder();
    openHistory(folder).close();
    const half: Migration = (sql) => {
      addColumn(sql);
      throw new Error('half way');
    };
    expect(() => openHistory(folder, { migrations: [...migrations, half] })).toThrow('half way');
    const history = openHistory(folder);
    expect(history.addWish({ type: 'pause', monitorId: null, until: null }, noon)).toBe(1);
    history.close();
    const sql = new DatabaseSync(join(folder, 'history.db'), { readOnly: true });
    expect(sql.prepare("SELECT count(*) AS found FROM pragma_table_info('wishes') WHERE name = 'origin'").get()?.found).toBe(0);
    sql.close();
  });
});

describe('opening', () => {
  it('refuses a file from a newer program, in a sentence with a next step', () => {
    const folder = temporaryFolder();
    openHistory(folder, { migrations: [...migrations, addColumn] }).close();
    const fault = faultOf(() => openHistory(folder));
    expect(fault).toMatchObject({ code: 'history-newer', exitCode: 2 });
    expect(fault.message).toContain(
      `newer Signalbox (version ${migrations.length + 1}; this one knows up to ${migrations.length})`,
    );
    expect(fault.next).toContain('Update Signalbox');
  });

  it('says which file is damaged', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'history.db'), 'this is no database, but it is long enough to look like one'.repeat(100));
    const fault = faultOf(() => openHistory(folder));
    expect(fault.code).toBe('history-unreadable');
    expect(fault.message).toContain(join(folder, 'history.db'));
    expect(fault.next).toContain('Move history.db away');
  });

  it('stops at a row that it cannot have written', () => {
    const folder = temporaryFolder();
    const history = openHistory(folder);
    history.commit(commit({ monitors: [monitor('api')] }));
    const sql = new DatabaseSync(history.file);
    sql.exec('UPDATE monitors SET state = \'{"id": 3}\'');
    const fault = faultOf(() => history.load(noon));
    expect(fault.code).toBe('history-unreadable');
    expect(fault.message).toContain('the state of monitor api: id');
    sql.exec("UPDATE monitors SET state = '{'");
    expect(faultOf(() => history.load(noon)).message).toContain('is not JSON');
    sql.close();
    history.close();
  });

  it('fills in what an older state lacks', () => {
    const folder = temporaryFolder();
    const history = openHistory(folder);
    history.commit(commit({ monitors: [monitor('api')] }));
    const sql = new DatabaseSync(history.file);
    sql.exec(`UPDATE monitors SET state = '{"id":"api","since":1,"status":"brilliant","extra":true}'`);
    sql.close();
    expect(history.load(noon).monitors).toEqual([
      {
        ...monitor('api'),
        since: 1,
        status: 'pending',
        known: null,
        successes: 0,
        lastAt: null,
        lastSuccessAt: null,
        span: null,
      },
    ]);
    history.close();
  });
});
