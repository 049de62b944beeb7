/** Virtual time: it advances when every task waits, so hours of waiting take only as long as the work in between. */
import { setImmediate as breathe } from 'node:timers/promises';

export interface VirtualTime {
  /** Milliseconds since it began. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
  /** Lets time pass until `work` has ended. */
  through<T>(work: Promise<T>): Promise<T>;
}

interface Waiting {
  at: number;
  resolve: () => void;
}

export function createVirtualTime(): VirtualTime {
  // A binary heap: the earliest first.
  const heap: Waiting[] = [];
  let now = 0;

  const rise = (from: number) => {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (at(parent) <= at(child)) return;
      swap(parent, child);
      child = parent;
    }
  };
  const sink = () => {
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const least = at(left + 1) < at(left) ? left + 1 : left;
      if (at(least) >= at(parent)) return;
      swap(parent, least);
      parent = least;
    }
  };
  const at = (place: number) => heap[place]?.at ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  const next = (): Waiting | undefined => {
    const [first] = heap;
    const last = heap.pop();
    if (last !== undefined && last !== first) {
      heap[0] = last;
      sink();
    }
    return first;
  };

  return {
    now: () => now,
    wait: (milliseconds) =>
      new Promise((resolve) => {
        heap.push({ at: now + Math.max(0, milliseconds), resolve });
        rise(heap.length - 1);
      }),
    async through(work) {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      work.then(over, over);
      for (;;) {
        await breathe(); // lets pending work continue
        if (isOver) return work;
        const first = next();
        if (first === undefined) throw new Error('a task waits for an event that never comes');
        now = first.at;
        first.resolve();
      }
    },
  };
}
