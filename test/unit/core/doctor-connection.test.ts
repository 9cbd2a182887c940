import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctedForUse, examine, isTriable, readConnection } from '../../../main/core/connection-doctor.ts';
import { parsePostgresUrl } from '../../../main/providers/postgres-url.ts';
import { type ConnectionReport, connectionReport } from '../../../shared/doctor.ts';
import { redact } from '../../../shared/redact.ts';
import { attempts } from './doctor-attempts.ts';
import { canary, pooler, production, type Row } from './doctor-places.ts';
import { rows } from './doctor-table.ts';

const findingsOf = ({ findings }: ConnectionReport): readonly string[] =>
  findings.filter(({ level }) => level !== 'ok').map(({ level, id }) => `${level} ${id}`);

function check({ text, facts, finds, corrected, says }: Row): void {
  const report = examine(text, facts);
  expect(findingsOf(report)).toEqual(finds);
  if (corrected !== undefined) expect(report.corrected).toBe(corrected);
  if (says !== undefined) expect(JSON.stringify(report.findings)).toContain(says);
  expect(JSON.stringify(report)).not.toContain(canary);
  expect(connectionReport.safeParse(report).success).toBe(true);
}

describe('the failed attempts of the second real outage', () => {
  it.each(attempts)('flags $name', check);
});

describe('examine', () => {
  it.each(rows)('judges $name', check);

  it('has a table worth the name', () => {
    expect(rows.length + attempts.length).toBeGreaterThan(36);
  });

  it('corrects to what it finds nothing wrong with', () => {
    for (const { text, facts, corrected } of [...attempts, ...rows]) {
      if (typeof corrected !== 'string') continue;
      const filled = corrected.replace('[password]', 'simple');
      const again = examine(filled, {
        ...(facts?.ref ? { ref: facts.ref } : {}),
        ...(facts?.pooler ? { pooler: facts.pooler } : {}),
      });
      expect(
        findingsOf(again).filter((one) => one.startsWith('bad')),
        text,
      ).toEqual([]);
      expect(parsePostgresUrl(filled), filled).not.toHaveProperty('problem');
    }
  });

  it('keeps `[password]` readable on its way out', () => {
    const shown = 'postgres://app:[password]@db.example.com/shop';
    expect(redact(shown)).toBe(shown);
    expect(redact('postgres://app:[password]x@db.example.com/shop')).not.toContain('[password]x');
  });

  it('tells a login that failed, and one that worked', () => {
    const text = `postgres://app:${canary}@db.example.com/shop`;
    const failed = examine(text, {
      login: { ok: false, code: 'auth', message: 'db.example.com does not accept the password of user "app".' },
    });
    expect(failed.findings[0]).toMatchObject({ id: 'login', level: 'bad' });
    const worked = examine(text, { login: { ok: true }, serverVersion: '17.4' });
    expect(worked.findings).toContainEqual({
      id: 'login',
      level: 'ok',
      message: 'The login works; the server is Postgres 17.4.',
      next: null,
    });
  });

  it('does not say twice that there is no such host, nor blame a connection for this machine’s lack of IPv6', () => {
    const text = `postgres://app:${canary}@db.example.com/shop`;
    const failed = (code: string) => ({ ok: false, code, message: 'db.example.com could not be reached.' }) as const;
    expect(findingsOf(examine(text, { addresses: { a: [], aaaa: [] }, login: failed('dns') }))).toEqual(['bad no-such-host']);
    const onlyV6 = { addresses: { a: [], aaaa: ['2a05::1'] }, login: failed('unreachable') };
    expect(findingsOf(examine(text, onlyV6))).toEqual(['bad ipv6-only', 'warn login']);
  });

  it('gives the real password only to what connects', () => {
    const text = `postgresql://postgres:p@ss/w?rd#1%@db.${production}.supabase.co/postgres`;
    const url = correctedForUse(text, { addresses: { a: [], aaaa: ['2a05::1'] }, pooler, ref: production });
    expect(url && parsePostgresUrl(url)).toMatchObject({
      host: pooler.host,
      user: pooler.user,
      password: 'p@ss/w?rd#1%',
      port: 5_432,
    });
  });

  it('reads the very parts that were meant, whatever the password holds', () => {
    const password = fc.string({ minLength: 1, maxLength: 24, unit: fc.constantFrom(...'aZ9@/#?:%&=+[]{}|\\^"\'<>`~!$ -_.') });
    fc.assert(
      fc.property(password, (secret) => {
        fc.pre(secret.trim() === secret && !/%[0-9a-f]{2}/i.test(secret));
        const parts = readConnection(`postgresql://app:${secret}@db.example.com:5433/shop?sslmode=require`);
        expect(parts).toMatchObject({ user: 'app', password: secret, host: 'db.example.com', port: 5_433, database: 'shop' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('never repeats a password, wherever it is put and however it is broken', () => {
    const odd = fc.string({ maxLength: 6, unit: fc.constantFrom(...'a@/#?:%&=[] "\',;+') });
    const secret = fc.tuple(odd, odd).map(([before, after]) => `${before}${canary}${after}`);
    const wrap = fc.constantFrom(
      (s: string) => `postgres://app:${s}@db.example.com:5432/shop`,
      (s: string) => `postgres://app:${s}@db.example.com`,
      (s: string) => `psql "postgresql://postgres:${s}@db.abcdefghijabcdefghij.supabase.co:6543"`,
      (s: string) => `DATABASE_URL='postgresql+psycopg2://app:${s}@[2a05::1]/shop?sslmode=on'`,
      (s: string) => `postgres://app@db.example.com/shop?password=${encodeURIComponent(s)}`,
      (s: string) => `host=db.example.com user=app password='${s.replace(/['\\]/g, '')}'`,
      (s: string) => `app:${s}@db.example.com/shop`,
      (s: string) => s,
    );
    fc.assert(
      fc.property(secret, wrap, (value, make) => {
        expect(JSON.stringify(examine(make(value), { ref: production, pooler }))).not.toContain(canary);
      }),
      { numRuns: 5_000 },
    );
  });

  it('answers anything within its bounds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000, unit: 'binary' }), (text) => {
        expect(connectionReport.safeParse(examine(text)).success).toBe(true);
        expect(connectionReport.safeParse(examine(`postgres://${text}`)).success).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('isTriable', () => {
  it.each([
    ['postgres://app:pw@db.example.com/shop', true],
    ['postgres://app@db.example.com/shop', true],
    ['postgres://app:[YOUR-PASSWORD]@db.example.com/shop', false],
    ['postgres://app:pw@/shop', false],
    ['postgres://db.example.com/shop', false],
  ])('%s: %s', (text, expected) => {
    const parts = readConnection(text);
    expect(parts && isTriable(parts)).toBe(expected);
  });
});
