import { describe, expect, it } from 'vitest';
import { holds, pickRow } from '../../../main/actions/env-row.ts';
import type { VercelEnvRow } from '../../../main/providers/vercel-model.ts';

const key = 'VITE_SERVER_ROOT';

function row(change: Partial<VercelEnvRow> = {}): VercelEnvRow {
  return {
    ...{ id: 'env_1', key, value: 'https://api.example.com', type: 'plain', target: ['production'] },
    ...{ gitBranch: null, customEnvironmentIds: [] },
    ...change,
  };
}

describe('pickRow', () => {
  it('takes the row that a production build reads', () => {
    const wanted = row({ id: 'env_wanted' });
    const rows = [
      row({ id: 'a', key: 'OTHER' }),
      row({ id: 'b', target: ['preview', 'development'] }),
      row({ id: 'c', gitBranch: 'try-out' }),
      row({ id: 'd', customEnvironmentIds: ['env_custom'] }),
      wanted,
    ];
    expect(pickRow(rows, key)).toEqual({ row: wanted, sharedWith: [], refusal: null });
  });

  it('finds none where production has none', () => {
    expect(pickRow([row({ target: ['preview'] }), row({ gitBranch: 'x' })], key)).toEqual({
      row: null,
      sharedWith: [],
      refusal: null,
    });
  });

  it('names everything that shares the row', () => {
    const shared = row({ target: ['development', 'production', 'preview'], customEnvironmentIds: ['env_custom'] });
    expect(pickRow([shared], key)).toMatchObject({ row: shared, sharedWith: ['development', 'preview', 'custom environments'] });
  });

  it('refuses a secret, which could not be put back', () => {
    const { row: none, refusal } = pickRow([row({ type: 'sensitive', value: null })], key);
    expect(none).toBeNull();
    expect(refusal).toMatchObject({ code: 'variable-is-secret' });
  });
});

describe('holds', () => {
  it.each([
    ['https://api.example.com/', true],
    ['https://api.example.com', true],
    ['https://api.example.com.evil.example', false],
    [null, false],
  ])('%s: %s', (value, expected) => {
    expect(holds(row({ value }), 'https://api.example.com')).toBe(expected);
  });

  it('nothing where there is no row', () => {
    expect(holds(null, 'https://api.example.com')).toBe(false);
  });
});
