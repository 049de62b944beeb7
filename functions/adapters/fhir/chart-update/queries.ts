/** The searches that several parts of a chart update share. */
import type { Search } from '../client/search.ts';
import { CYCLE_IDENTIFIER, DOCUMENT_TYPE, OPEN_TASK } from '../codes.ts';

/** P10: the open Tasks that focus the document. */
export function openRoutingOf(document: string): Search {
  return { type: 'Task', where: { focus: `DocumentReference/${document}`, status: OPEN_TASK } };
}

/** P2: the patient's PIN documents of these statuses. */
export function pinDocumentsOf(patientId: string, status: readonly string[] = ['current']): Search {
  return { type: 'DocumentReference', where: { patient: patientId, type: DOCUMENT_TYPE, status }, count: 100 };
}

/** What we made for these cycles. */
export function ofCycles(type: string, cycleIdentifiers: readonly string[], status: readonly string[]): Search {
  const identifier = cycleIdentifiers.map((value) => ({ system: CYCLE_IDENTIFIER, value }));
  return { type, where: { identifier, status } };
}
