/**
 * Metrics as lines of JSON on standard output (CloudWatch embedded metric format), of allowed names and values only: no
 * id of a patient, no text that somebody else wrote. Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and
 * POWERTOOLS_SERVICE_NAME; POWERTOOLS_METRICS_DISABLED=true writes nothing.
 */
import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { ERROR_NAMES } from '../domain/errors.ts';
import { REASONS } from '../domain/outcomes.ts';
import type { EndedCase, Metrics } from '../ports.ts';
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

export function createMetrics(): Metrics {
  return {
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
    pickedUp: () => void line().addMetric(METRICS.pickedUp, MetricUnit.Count, 1),
    pickupLocked: () => void line().addMetric(METRICS.pickupLocked, MetricUnit.Count, 1),
  };
}
