/** Runs `work` when all earlier work under the same key has ended, well or badly, and answers with its result. */
export type KeyedMutex = <T>(key: string, work: () => Promise<T> | T) => Promise<T>;

/** One queue per key: work under one key never overlaps, work under different keys does. */
export function createKeyedMutex(): KeyedMutex {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, mine);
    const leave = () => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
}
