// What is masked by its shape alone, and what only looks like it.
import { describe, expect, it } from 'vitest';
import { redact } from '../../../shared/redact.ts';

describe('redact', () => {
  it.each([
    ['Authorization: Basic cHJvYmU6aHVudGVyMg==', 'Authorization: ••• •••'],
    ['it sent Basic cHJvYmU6aHVudGVyMg==', 'it sent Basic •••'],
    ['basic YWxhZGRpbjpvcGVuc2VzYW1l', 'basic •••'],
    ['Bearer abcdefghijkl', 'Bearer •••'],
    ['postgres://app:hunter2@db.example.com/app', 'postgres://app:•••@db.example.com/app'],
    ['token=abcdefgh', 'token=•••'],
    ['postgres://app:${secret:database-password}@db/app', 'postgres://app:${secret:database-password}@db/app'],
    ['token=${secret:probe}', 'token=${secret:probe}'],
    ['token=${secret:probe}abcdef', 'token=•••}abcdef'],
    ['postgres://app:[password]@db.example.com/app', 'postgres://app:[password]@db.example.com/app'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each(['## Basic information', 'The basic arithmetic holds.', 'Set up basic authentication first.', '${secret:probe}'])(
    'leaves “%s” as it is',
    (text) => {
      expect(redact(text)).toBe(text);
    },
  );
});
