/** Names derived from what a thing is about, so that doing it twice names it once. */
import { createHash } from 'node:crypto';

/** Short enough for an execution name (80 characters at most) and an identifier; 160 bits do not collide. */
function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/** Identifier of the chart document, form and encounter that regenerate the PIN of `cycle` (P3: one, however often). */
export function cycleIdentifier(patientId: string, cycle: string): string {
  return digest('cycle', patientId, cycle);
}

/** Name of the n-th execution for a patient. A digest: names are shown in consoles and logs. */
export function executionName(patientId: string, attempt: number): string {
  return `${digest('execution', patientId)}-${attempt}`;
}

/** The n of an execution's name; null where it is none of ours. */
export function attemptOf(execution: string): number | null {
  const n = /-(\d+)$/.exec(execution)?.[1];
  return n === undefined ? null : Number(n);
}

/** Identifier of the Task for staff: one per patient and cause. */
export function staffTaskIdentifier(patientId: string, code: string, reason: string): string {
  return digest('staff-task', patientId, code, reason);
}

/** A set of references in a form that can be compared and kept in a record, without saying whom it names. */
export function digestOf(references: readonly string[]): string {
  return digest('references', ...[...new Set(references)].sort()).slice(0, 16);
}

/** Id of the person's request that a webhook brings: the same webhook brings the same request. */
export function webhookRequestId(webhookId: string): string {
  return digest('webhook', webhookId);
}

/** Id of the patient's own request for a new PIN in place of `document`'s: one, however often the button is pressed. */
export function pickupRequestId(document: string): string {
  return digest('pickup', document);
}

/** Id of what a person does over HTTP: the same key of the same person is the same request. */
export function actionRequestId(actor: string, key: string): string {
  return digest('action', actor, key);
}

/** What was asked, in a form that can be compared and kept. */
export function requestDigest(operation: string, parts: unknown): string {
  return digest('request', operation, JSON.stringify(parts));
}

/** Tells one page of a list from another without what its bookmark holds. */
export function bookmarkDigest(bookmark: string): string {
  return digest('bookmark', bookmark).slice(0, 16);
}
