/** The practice's time. Locally it can be moved; nothing else may ask what time it is. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Waiting, for who keeps a pace. A clock that can be moved lets nobody wait for it. */
export type Pause = (milliseconds: number) => Promise<void>;
