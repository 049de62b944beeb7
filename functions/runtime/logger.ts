/** One line of JSON per step, of allowed fields only: what is not listed here cannot be logged. */
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { once } from './providers/once.ts';

/** Opaque ids, verdicts, codes. Never a PIN, an address, a name, a birth date. */
const ALLOWED = [
  'step',
  'operation',
  'execution',
  'patientId',
  'document',
  'due',
  'reason',
  'outcome',
  'error',
  'code',
  'at',
  'milliseconds',
] as const;
export type LogFields = Partial<Record<(typeof ALLOWED)[number], string | number | null>>;

class AllowListFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const allowed = Object.fromEntries(
      Object.entries(additional).filter(([key]) => (ALLOWED as readonly string[]).includes(key)),
    );
    return new LogItem({
      attributes: {
        timestamp: this.formatTimestamp(attributes.timestamp),
        level: attributes.logLevel,
        message: attributes.message,
        ...allowed,
      },
    });
  }
}

/** Made when the first line is written: the local platform sets the log level after it has imported this module. */
const logger = /* @__PURE__ */ once(
  () => new Logger({ serviceName: 'portal-pin', logFormatter: new AllowListFormatter() }),
);

export function logStep(message: 'step ended' | 'step failed', fields: LogFields): void {
  if (message === 'step failed') logger().warn(message, fields);
  else logger().info(message, fields);
}

/**
 * The service's own audit trail: an event of the pick-up page that the EHR takes no AuditEvent for. Opaque ids and the EHR's
 * refusal, in the log group that is kept for six years.
 */
export function logAudit(fields: Pick<LogFields, 'patientId' | 'document' | 'outcome' | 'code'>): void {
  logger().info('audit event', { step: 'PickUp', ...fields });
}
