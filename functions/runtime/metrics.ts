/**
 * Metrics as lines of JSON on standard output (CloudWatch embedded metric format), of allowed names and values only: no
 * id of a patient, no free text. Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and
 * POWERTOOLS_SERVICE_NAME; POWERTOOLS_METRICS_DISABLED=true writes nothing.
 */
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { ERROR_NAMES } from '../domain/errors.ts';
import { REASONS } from '../domain/outcomes.ts';
import type { EndedCase, Metrics } from '../ports/metrics.ts';
import { METRICS } from './metric-names.ts';

/** Every value of the dimension `reason` besides NONE and OTHER: each is a metric of its own, and is paid for. */
const KNOWN_REASONS: readonly string[] = [...REASONS, ...ERROR_NAMES];

/** A line is written at once, so that it is out before whatever the step does next can fail. */
function line(): PowertoolsMetrics {
  return new PowertoolsMetrics({ singleMetric: true });
}

function reasonOf({ reason }: EndedCase): string {
  if (reason === null) return 'NONE';
  return KNOWN_REASONS.includes(reason) ? reason : 'OTHER';
}

/** @param locations ids of the Organizations that the practice lists; asked when one is counted */
export function createMetrics(locations: () => readonly string[]): Metrics {
  /** Each location is a metric of its own; what a chart holds beyond the practice's list makes no more of them. */
  const countAt = (metric: string, location: string | null) => {
    const listed = location === null ? 'NONE' : locations().includes(location) ? location : 'OTHER';
    line().addDimension(METRICS.dimensions.location, listed).addMetric(metric, MetricUnit.Count, 1);
  };
  return {
    issued: (location) => countAt(METRICS.issued, location),
    pickedUp: (location) => countAt(METRICS.pickedUp, location),
    registered: (location) => countAt(METRICS.registered, location),
    emailFeedback(what) {
      line().addDimension(METRICS.dimensions.feedback, what).addMetric(METRICS.emailFeedback, MetricUnit.Count, 1);
    },
    ended(ended) {
      line()
        .addDimension(METRICS.dimensions.outcome, ended.outcome)
        .addDimension(METRICS.dimensions.reason, reasonOf(ended))
        .addMetric(METRICS.ended, MetricUnit.Count, 1);
      const { unresolvedSeconds, accessSeconds } = ended;
      if (unresolvedSeconds !== null)
        line().addMetric(METRICS.unresolvedSeconds, MetricUnit.Seconds, unresolvedSeconds);
      if (accessSeconds !== null) line().addMetric(METRICS.secondsToAccess, MetricUnit.Seconds, accessSeconds);
    },
    pickupLocked: () => void line().addMetric(METRICS.pickupLocked, MetricUnit.Count, 1),
  };
}
