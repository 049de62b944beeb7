/**
 * RegeneratePin (P3–P8): settles the provider by the rule of the location of care, then opens one chart update with a
 * new PIN in its form. Nothing takes effect before SignDocument; a draft of an earlier try is used again.
 */
import * as z from 'zod/mini';
import type { Account, Draft } from '../domain/case/account.ts';
import { withDraft } from '../domain/case/attempt.ts';
import { assertLease } from '../domain/case/lease.ts';
import { fhirId, stepInput } from '../domain/case/state-data.ts';
import { responsibleProvider } from '../domain/chart/responsible-provider.ts';
import { ResponsibleProviderUnresolvedError } from '../domain/errors.ts';
import { cycleIdentifier, digestOf } from '../domain/identity.ts';
import type { DraftIds, UpdateFacts } from '../ports/ehr/ehr.ts';
import { clock } from '../runtime/clock.ts';
import type { Policy } from '../runtime/policy.ts';
import { ehr } from '../runtime/providers/chart.ts';
import { fingerprint, policy, random } from '../runtime/providers/practice.ts';
import { caseRecords, pinReservations } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type OpenPorts, openUpdate, usableDraft } from '../usecases/regeneration/open-update.ts';

const input = z.strictObject({ ...stepInput, cycle: fhirId });
type Input = z.infer<typeof input>;
const output = z.strictObject({ document: fhirId });

interface Ports extends OpenPorts {
  practice: Pick<Policy, 'locations' | 'defaultKind' | 'providerFallback'>;
}

/** Throws ResponsibleProviderUnresolvedError, LeaseLostError and what the EHR throws. */
export async function regeneratePin(
  ports: Ports,
  { execution, patientId, cycle }: Input,
): Promise<z.infer<typeof output>> {
  const account = await ports.cases.read(patientId);
  assertLease(account, execution);
  const identifier = cycleIdentifier(patientId, cycle);
  const facts = await ports.ehr.readUpdateFacts(patientId, cycle, identifier, ports.clock.now());
  const provider = settleProvider(facts, ports.practice);
  const ids =
    (await usableDraft(ports, facts, identifier, provider)) ??
    (await openUpdate(ports, facts, identifier, provider, patientId));
  await note(ports, account, ids, facts, provider, cycle);
  return { document: ids.document };
}

function settleProvider(facts: UpdateFacts, practice: Ports['practice']): string {
  const kind = practice.locations.find((each) => each.organization === facts.location)?.kind ?? practice.defaultKind;
  const latestEncounterHere = practice.providerFallback === 'latest-encounter' ? facts.latestEncounterHere : [];
  const verdict = responsibleProvider({ kind, ...facts, latestEncounterHere });
  if ('unresolved' in verdict) throw new ResponsibleProviderUnresolvedError(verdict.unresolved);
  return verdict.provider;
}

/** Notes the draft and what must be the same after signing (P12), before anything is signed. */
async function note(
  ports: Ports,
  account: Account,
  ids: DraftIds,
  facts: UpdateFacts,
  provider: string,
  cycle: string,
): Promise<void> {
  const { generalPractitioner, careTeam, draftOrders } = facts;
  const compared = { generalPractitioner, careTeam, author: digestOf([provider]), draftOrders };
  const { document, form, encounter } = ids;
  const draft: Draft = { cycle, document, form, encounter, request: account.request, compared };
  if (JSON.stringify(account.draft) === JSON.stringify(draft)) return;
  await ports.cases.save(account, withDraft(account, draft));
}

export const handler = stepHandler({
  name: 'RegeneratePin',
  input,
  output,
  ports: { ehr, cases: caseRecords, reservations: pinReservations, fingerprint, clock, random, practice: policy },
  run: regeneratePin,
});
