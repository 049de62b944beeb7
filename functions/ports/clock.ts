/** The practice's time. Locally it can be moved; nothing else may ask what time it is. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Rate-limit delay in milliseconds; returns at once on a virtual clock. */
export type Pause = (milliseconds: number) => Promise<void>;
