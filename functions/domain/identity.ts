/** Ids derived from content, so that repeating an action reuses the same id. */
import { createHash } from 'node:crypto';

/** Short enough for an execution name (80 characters at most) and an identifier; 160 bits do not collide. */
function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/** Identifier of the chart document, form and encounter that regenerate the PIN of `cycle` (P3: one, however often). */
export function cycleIdentifier(patientId: string, cycle: string): string {
  return digest('cycle', patientId, cycle);
}

/** Name of the n-th execution for a patient. A digest, because names appear in consoles and logs. */
export function executionName(patientId: string, attempt: number): string {
  return `${digest('execution', patientId)}-${attempt}`;
}

/** The n of an execution's name; null if the name is not ours. */
export function attemptOf(execution: string): number | null {
  const n = /-(\d+)$/.exec(execution)?.[1];
  return n === undefined ? null : Number(n);
}

/** Identifier of the Task for staff: one per patient and cause. */
export function staffTaskIdentifier(patientId: string, code: string, reason: string): string {
  return digest('staff-task', patientId, code, reason);
}

/** Digest of a set of references: comparable and storable without identifying a person. */
export function digestOf(references: readonly string[]): string {
  return digest('references', ...[...new Set(references)].sort()).slice(0, 16);
}

/** Id of the request in a webhook: a repeated webhook carries the same request. */
export function webhookRequestId(webhookId: string): string {
  return digest('webhook', webhookId);
}

/** Id of the patient's own request to replace the PIN of `document`: one, however often the button is pressed. */
export function pickupRequestId(document: string): string {
  return digest('pickup', document);
}

/** Id of a staff action over HTTP: the same user and Idempotency-Key give the same request. */
export function actionRequestId(actor: string, key: string): string {
  return digest('action', actor, key);
}

/** Digest of a request's content, for comparison. */
export function requestDigest(operation: string, parts: unknown): string {
  return digest('request', operation, JSON.stringify(parts));
}

/** Digest of a page link: distinguishes pages without keeping the link. */
export function bookmarkDigest(bookmark: string): string {
  return digest('bookmark', bookmark).slice(0, 16);
}
