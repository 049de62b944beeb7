/** Discards a chart update (P7): nothing half-made stays in the chart. */
import type { FhirClient } from '../client/client.ts';
import { asReadOf } from '../client/resource.ts';
import { documentsIn, formsIn, withId } from '../read/pin-document.ts';
import { cancelled, changed } from './change.ts';
import { ofCycles, openRoutingOf } from './queries.ts';
import { routingIn } from './route.ts';

const DISCARDED = { status: 'entered-in-error' };

/**
 * P7. Reads before it writes: a document that was signed meanwhile stays, with its form and its encounter. Answers how many
 * resources it changed.
 */
export async function discardDrafts(fhir: FhirClient, cycleIdentifiers: readonly string[]): Promise<number> {
  if (cycleIdentifiers.length === 0) return 0;
  const [found, formsFound, encountersFound] = await fhir.batch([
    ofCycles('DocumentReference', cycleIdentifiers, ['current', 'superseded']),
    ofCycles('QuestionnaireResponse', cycleIdentifiers, ['in-progress']),
    ofCycles('Encounter', cycleIdentifiers, ['in-progress', 'finished']),
  ]);
  const documents = documentsIn(found, fhir.base);
  const drafts = documents.filter(({ docStatus, status }) => docStatus === 'preliminary' && status === 'current');
  const kept = new Set(documents.filter((each) => !drafts.includes(each)).map(({ encounter }) => encounter));
  const forms = formsIn(formsFound, fhir.base).filter(({ encounter }) => encounter === null || !kept.has(encounter));
  const encounters = withId(encountersFound, 'Encounter').filter(({ id }) => !kept.has(`Encounter/${id}`));
  const routings = drafts.length === 0 ? [] : await fhir.batch(drafts.map(({ id }) => openRoutingOf(id)));
  const changes = [
    ...drafts.map(({ read }) => changed(read, { ...DISCARDED, docStatus: 'entered-in-error' })),
    ...forms.map(({ read }) => changed(read, DISCARDED)),
    ...encounters.map(({ resource, id }) => changed(asReadOf(resource, id), DISCARDED)),
    ...drafts.flatMap(({ id }, index) =>
      routingIn(routings[index] ?? []).tasks.map((task) => cancelled(task, id, fhir.base)),
    ),
  ];
  if (changes.length > 0) await fhir.transaction(changes.map((change) => ({ change })));
  return changes.length;
}
