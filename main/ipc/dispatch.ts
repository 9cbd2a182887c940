// One entry for every face: checks the method's name, its input and its output against the contract, and turns whatever
// goes wrong into a reply. Knows no transport.
import { z } from 'zod';
import { FaultError, faultOf } from '../../shared/fault.ts';
import { type Fault, type MethodName, type Methods, methods, type Reply } from '../../shared/ipc.ts';
import { scrub } from './scrub.ts';

/** What answers each method. Complete by type: a method added to the contract does not compile until it is here. */
export type Handlers = {
  readonly [M in MethodName]: (
    input: z.output<Methods[M]['input']>,
  ) => z.input<Methods[M]['output']> | Promise<z.input<Methods[M]['output']>>;
};

export type Dispatch = (method: string, input: unknown) => Promise<Reply<unknown>>;

/** Their answer is a key, given to whoever may have it: the yard's window does not open without. */
const keys = new Set<string>(['setup.rehearse'] satisfies MethodName[]);

/**
 * The function behind every pipe. It never rejects: an unknown method is `unknown-method`, input outside the contract is
 * `bad-input`, a FaultError keeps its code, anything else is `internal`.
 * @param secrets values that must not appear in any answer, asked anew for each one
 */
export function makeDispatch(handlers: Handlers, secrets: () => readonly string[] = () => []): Dispatch {
  return async (method, input) => {
    try {
      const reply = await answer(handlers, method, input);
      return reply.ok && keys.has(method) ? reply : scrub(reply, secrets());
    } catch (error) {
      return { ok: false, error: scrub(faultFrom(error), secrets()) };
    }
  };
}

async function answer(handlers: Handlers, method: string, input: unknown): Promise<Reply<unknown>> {
  if (!Object.hasOwn(methods, method)) {
    return {
      ok: false,
      error: {
        code: 'unknown-method',
        message: 'The engine has no method of this name.',
        next: 'Reload the window: it may be older than the engine.',
      },
    };
  }
  const name = method as MethodName;
  const contract: { readonly input: z.ZodType; readonly output: z.ZodType } = methods[name];
  const parsed = contract.input.safeParse(input);
  if (!parsed.success) return { ok: false, error: badInput(name, parsed.error) };
  // The record's type ties each handler to its own method; a lookup by a variable name loses that tie.
  const handler = handlers[name] as (input: unknown) => unknown;
  return { ok: true, value: contract.output.parse(await handler(parsed.data)) };
}

/** Says which fields are wrong, never what they held. */
function badInput(method: MethodName, error: z.ZodError): Fault {
  const places = [...new Set(error.issues.map((issue) => issue.path.join('.') || 'the input'))].slice(0, 5);
  return {
    code: 'bad-input',
    message: `\`${method}\` was called with something it does not take: see ${places.join(', ')}.`.slice(0, 500),
    next: 'Reload the window: it may be older than the engine.',
  };
}

/** An answer outside the contract is our bug; its values are not repeated, only where it went wrong. */
function faultFrom(error: unknown): Fault {
  if (error instanceof FaultError) return faultOf(error);
  if (error instanceof z.ZodError) {
    const where = error.issues[0]?.path.map(String).join('.') ?? '';
    return faultOf(new Error(`an answer is outside the contract at "${where.slice(0, 100)}"`));
  }
  return faultOf(error);
}
