// How commands speak. With --json: one JSON value on stdout and nothing else there. Without: plain sentences and aligned
// tables, coloured only on a terminal that wants colour; each state has a shape and a word as well.
import { styleText } from 'node:util';
import type { Fault } from '../../shared/ipc.ts';
import { plainText, safeText } from '../../shared/redact.ts';
import type { Colour } from '../../shared/snapshot.ts';
import { aligned } from './table.ts';

/** A stream that lines are written to; the process's own, or a test's. */
export type Sink = {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
};

export type Out = {
  readonly json: boolean;
  /** Shows progress: a person is watching the other stream. */
  readonly live: boolean;
  /** The answer: a JSON value for programs, lines for people. Only the one that was asked for is made. */
  answer(value: () => unknown, lines: () => readonly string[]): void;
  /** One line for people on stderr; with --json too, since stdout must stay clean. */
  note(text: string): void;
  /** What went wrong and what to do next: JSON on stdout with --json, two short lines on stderr without. */
  fault(fault: Fault): void;
  /** A line that the next one replaces; the empty text clears it. Nothing when nobody watches. */
  progress(text: string): void;
  paint(colour: Colour, text: string): string;
  faint(text: string): string;
  table(rows: readonly (readonly string[])[]): readonly string[];
};

/** Lamp shapes: told apart without colour (WINDOW.md). */
export const lamps = { green: '●', amber: '▲', red: '■', grey: '○' } as const;
const colours = { green: 'green', amber: 'yellow', red: 'red', grey: 'gray' } as const;

/** Longest text from outside that one line shows. */
const longest = 400;

/** Outside text for a terminal: one line, no escapes, nothing shaped like a secret. */
export function told(text: string): string {
  return safeText(text, longest);
}

export type OutOptions = {
  readonly json: boolean;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Colour: only on a terminal, never with NO_COLOR (no-color.org: set and not empty) or on a dumb terminal. */
export function makeOut({ json, stdout, stderr, env }: OutOptions): Out {
  const coloured = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const live = stderr.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[2K');
    shown = false;
  };
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    coloured ? styleText(format, text, { validateStream: false }) : text;

  return {
    json,
    live,
    answer(value, lines) {
      clear();
      stdout.write(
        json
          ? `${jsonLine(value())}\n`
          : lines()
              .map((line) => `${line}\n`)
              .join(''),
      );
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    fault(fault) {
      clear();
      // `next` is always our own words, and may hold the address of a running window with its token: that is its point.
      const { code, next } = fault;
      const message = safeText(fault.message, 1_000);
      if (json) stdout.write(`${jsonLine({ error: { code, message, next } })}\n`);
      else stderr.write(`signalbox: ${message}\n${next ? `  ${plainText(next, 500)}\n` : ''}`);
    },
    progress(text) {
      clear();
      if (!live || text === '') return;
      stderr.write(plainText(text, 100));
      shown = true;
    },
    paint: (colour, text) => style(colours[colour], text),
    faint: (text) => style('dim', text),
    table: aligned,
  };
}

/**
 * One line of JSON. What a terminal could obey or reorder by (C1 controls, bidi and zero-width marks, which JSON itself
 * lets through) is escaped, so that a value reads the same and does nothing.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
