/** Keeps PINs unique among the practice's patients (P6) without storing them. AwsUnavailableError is retried. */
export interface PinReservations {
  /** Whether `fingerprint` now belongs to `owner` alone, for 44 days. `now` in milliseconds since the epoch. */
  reserve(fingerprint: string, owner: string, now: number): Promise<boolean>;
}
