/** A keyed digest: the table alone reveals no PIN and no address. */
export interface Fingerprint {
  of(value: string): Promise<string>;
}
