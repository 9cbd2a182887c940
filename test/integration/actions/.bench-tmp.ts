import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { startDatabase } from '/work/main/simulator/database.ts';
import { depsFor, emptyFolder, makeOne, settingsFor } from '/work/main/test/integration/actions/dump-rehearsal.ts';
const database = await startDatabase();
const folder = await emptyFolder();
try {
  await database.query(`create schema big; create table big.bulk as select n, md5(n::text)||md5((n+1)::text) as text from generate_series(1, 3000000) n; create table big.other as select n, random() r, now() t from generate_series(1,2000000) n`);
  const url = new URL(database.url('direct'));
  const bare = () => { const t = performance.now(); const r = spawnSync('/usr/lib/postgresql/15/bin/pg_dump', ['--format=custom','--no-owner','--no-privileges','--quote-all-identifiers','--lock-wait-timeout=10s','--verbose','--data-only','--schema="big"', `--file=${folder}/bare`], { env: { PATH: process.env.PATH, PGHOST: url.hostname, PGPORT: url.port, PGUSER: url.username, PGPASSWORD: url.password, PGDATABASE: 'postgres', PGSSLMODE: 'disable', LC_ALL: 'C' }, stdio: 'pipe' }); if (r.status !== 0) throw new Error(String(r.stderr)); return performance.now() - t; };
  const ours = async () => { const t = performance.now(); const { run } = await makeOne(depsFor(database.url('direct'), settingsFor(folder, { schemas: ['big'], keep: 1 }))); const ms = performance.now() - t; if (run.state !== 'succeeded') throw new Error(JSON.stringify(run.error)); return { ms, run }; };
  for (let i = 0; i < 3; i++) {
    const a = bare(); const { ms, run } = await ours(); const b = bare();
    console.log('bare', Math.round(a), 'ours', Math.round(ms), 'bare', Math.round(b), 'ratio', ((a + b) / 2 / ms).toFixed(3), run.result?.bytes, run.steps.map((s) => `${s.name} ${Date.parse(s.finishedAt ?? '') - Date.parse(s.startedAt ?? '')}`).join(', '));
  }
} finally { await database.stop(); rmSync(folder, { recursive: true }); }
