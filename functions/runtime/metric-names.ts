/** Metric names for the code, dashboard and alarms. In the namespace each has the dimension `service`. */
export const METRICS = {
  namespace: 'PortalPin',
  service: 'portal-pin',
  /** Count, one per case ended, by `outcome` and `reason`. */
  ended: 'Ended',
  /** From the old PIN's expiry to the accepted mail; only when an expired PIN was replaced. */
  secondsToAccess: 'SecondsToAccess',
  /** Age of a case that failed or waits for a person, told again at each look: at least every `recheckDays` (policy). */
  unresolvedSeconds: 'UnresolvedSeconds',
  /** Counts by `location`, one per PIN of ours: recorded as signed, looked at by its patient, of use for a registration. */
  issued: 'Issued',
  pickedUp: 'PickedUp',
  registered: 'Registered',
  /** Count, one per PIN with locked links. */
  pickupLocked: 'PickupLocked',
  /** Count, by `feedback`: what SES said of a mail for the first time. */
  emailFeedback: 'EmailFeedback',
  dimensions: {
    service: 'service',
    outcome: 'outcome',
    reason: 'reason',
    location: 'location',
    feedback: 'feedback',
  },
} as const;
