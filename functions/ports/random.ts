/** Unbiased chance and fresh ids, injected so that tests are deterministic. */
export interface Random {
  /** An unbiased integer in [0, max), from a CSPRNG. */
  randomInt(max: number): number;
  /** A UUID. */
  newId(): string;
  /** `count` random bytes, from a CSPRNG. */
  bytes(count: number): Uint8Array;
}
