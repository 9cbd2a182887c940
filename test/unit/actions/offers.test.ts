// One-time keys: replayed, stale, expired, made up, and asked for too often (SECURITY S-36).
import { describe, expect, it } from 'vitest';
import { makeOffers } from '../../../main/actions/offers.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { LeverRequest, Preflight } from '../../../shared/lever.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const bannerOff: LeverRequest = { action: 'banner', on: false, text: null, severity: 'warning', forMs: null };
const dump: LeverRequest = { action: 'dump', task: 'create', full: false, directory: null };
const preflight: Preflight = { title: 'x', changes: [], findings: [], refusal: null, forceable: false, asks: true };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof FaultError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('an offer', () => {
  it('gives back exactly the request, once', () => {
    const offers = makeOffers({ clock: new FakeClock() });
    const asked = { ...bannerOff };
    const { token, expiresAt } = offers.give(asked, preflight);
    asked.forMs = 5_000;
    expect(expiresAt).toBe('2026-11-23T14:02:00.000Z');
    expect(offers.take(token)).toEqual(bannerOff);
    expect(codeOf(() => offers.take(token))).toBe('offer-unknown');
  });

  it('cannot be guessed', () => {
    const offers = makeOffers({ clock: new FakeClock() });
    const tokens = Array.from({ length: 10 }, () => offers.give(dump, preflight).token);
    expect(new Set(tokens).size).toBe(10);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{32}$/);
    for (const made of ['', 'x', '__proto__', `${tokens[0]}x`]) expect(codeOf(() => offers.take(made))).toBe('offer-unknown');
  });

  it('is good for two minutes, whatever the wall clock does', async () => {
    const clock = new FakeClock();
    const offers = makeOffers({ clock });
    const [early, late] = [offers.give(dump, preflight), offers.give(dump, preflight)];
    clock.jump(3_600_000);
    await clock.pass(119_999);
    expect(offers.take(early.token)).toEqual(dump);
    await clock.pass(1);
    expect(codeOf(() => offers.take(late.token))).toBe('offer-expired');
    expect(codeOf(() => offers.take(late.token))).toBe('offer-unknown');
  });

  it('is void once what it builds upon has changed', () => {
    let position = 'standby';
    const offers = makeOffers({ clock: new FakeClock(), revision: ({ action }) => `${action} ${position}` });
    const { token } = offers.give(dump, preflight);
    position = 'primary';
    expect(codeOf(() => offers.take(token))).toBe('offer-stale');
  });

  it('is given ten times a minute per lever', async () => {
    const clock = new FakeClock();
    const offers = makeOffers({ clock });
    for (let count = 0; count < 10; count += 1) offers.give(dump, preflight);
    expect(codeOf(() => offers.give(dump, preflight))).toBe('too-many');
    offers.give(bannerOff, preflight);
    await clock.pass(60_000);
    offers.give(dump, preflight);
  });
});
