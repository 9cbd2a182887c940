// A clock that a test moves. Timers fire in order of their due time; a sleep moves the wall clock without firing any.
import type { Clock } from '../../main/engine/ports.ts';

export class FakeClock implements Clock {
  private wall: number;
  private steady = 1_000;
  private timers: { due: number; callback: () => void; order: number }[] = [];
  private order = 0;

  constructor(wall = Date.parse('2026-11-23T14:00:00.000Z')) {
    this.wall = wall;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.steady;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.steady + Math.max(0, ms), callback, order: this.order };
    this.order += 1;
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((item) => item !== timer);
    };
  }

  /** Moves time on, firing what falls due, and lets promises settle after each timer. */
  async pass(ms: number): Promise<void> {
    const end = this.steady + ms;
    for (;;) {
      const next = this.timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      const step = Math.max(0, next.due - this.steady);
      this.steady += step;
      this.wall += step;
      next.callback();
      await settle();
    }
    this.wall += end - this.steady;
    this.steady = end;
    await settle();
  }

  /** The process was frozen: both clocks move, no timer fires until `pass`. */
  freeze(ms: number): void {
    this.steady += ms;
    this.wall += ms;
  }

  /** Somebody set the wall clock. */
  jump(ms: number): void {
    this.wall += ms;
  }
}

/** Lets every promise that can settle now do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
