/** The discarding of a chart update (P7): nothing half-made stays in the chart. */
import type { DocumentReference, Encounter, QuestionnaireResponse } from 'fhir/r4';
import { cancelled, openRoutingOf, replaced, tasksIn } from './chart-update.ts';
import type { FhirClient } from './client.ts';
import { CYCLE_IDENTIFIER } from './codes.ts';
import { askedFor, cycleIdentifierOf, ofType, pathOf } from './read.ts';

/** P7. Looks before it acts: whatever was signed meanwhile stays. */
export async function discardDrafts(fhir: FhirClient, cycleIdentifiers: readonly string[]): Promise<void> {
  if (cycleIdentifiers.length === 0) return;
  const value = cycleIdentifiers.map((each) => `${CYCLE_IDENTIFIER}|${each}`).join(',');
  const [documents, forms, encounters] = await fhir.batch([
    `DocumentReference?identifier=${value}&status=current,superseded`,
    `QuestionnaireResponse?identifier=${value}&status=in-progress`,
    `Encounter?identifier=${value}&status=in-progress,finished`,
  ]);
  const isOurs = (each: DocumentReference | Encounter | QuestionnaireResponse) =>
    cycleIdentifiers.includes(cycleIdentifierOf(each) ?? '');
  const all = askedFor(ofType(documents, 'DocumentReference'), isOurs);
  const drafts = all.filter((each) => each.docStatus === 'preliminary' && each.status === 'current');
  const kept = new Set(
    all.filter((each) => !drafts.includes(each)).map((each) => pathOf(each.context?.encounter?.[0])),
  );
  const openEncounters = askedFor(ofType(encounters, 'Encounter'), isOurs).filter(
    (each) => !kept.has(`Encounter/${each.id}`),
  );
  const openForms = askedFor(ofType(forms, 'QuestionnaireResponse'), isOurs).filter(
    (each) => !kept.has(pathOf(each.encounter)),
  );
  const routings = drafts.length === 0 ? [] : await fhir.batch(drafts.map((each) => openRoutingOf(each.id)));
  const tasks = drafts.flatMap((each, index) => tasksIn(routings[index] ?? [], each.id));
  const entries = [
    ...drafts.map((each) =>
      replaced({ ...each, status: 'entered-in-error' as const, docStatus: 'entered-in-error' as const }),
    ),
    ...openForms.map((each) => replaced({ ...each, status: 'entered-in-error' as const })),
    ...openEncounters.map((each) => replaced({ ...each, status: 'entered-in-error' as const })),
    ...tasks.map((each) => replaced(cancelled(each))),
  ];
  if (entries.length > 0) await fhir.transaction(entries);
}
