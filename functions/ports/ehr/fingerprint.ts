/** A keyed digest that tells no PIN and no address to who holds the table. */
export interface Fingerprint {
  of(value: string): Promise<string>;
}
