// How a provider's client refuses: as the one error that it may reject with, without any trace of the credential.
import { expect } from 'vitest';
import { ProviderError } from '../../main/providers/call.ts';

/** The error of a call that has to fail. `canary` is part of every credential in the test. */
export async function refusedBy(promise: Promise<unknown>, canary: string): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => expect.fail('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw error;
  const shown = [error.message, error.next, error.stack, error.said, JSON.stringify(error), String(error.cause)].join('\n');
  expect(shown).not.toContain(canary);
  expect(error.exitCode).toBe(3);
  expect(error.next).not.toBe('');
  return error;
}
