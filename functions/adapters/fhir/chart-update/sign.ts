/** Signs a chart update (P11, P12). */
import type { DocumentReference, Provenance, QuestionnaireResponse, Reference } from 'fhir/r4';
import { DraftGoneError } from '../../../domain/errors.ts';
import { toInstant } from '../../../domain/time/instant.ts';
import type { AsRead, Signature } from '../../../ports/ehr/ehr.ts';
import type { FhirClient } from '../client/client.ts';
import { isObject, itemsOf } from '../client/resource.ts';
import { ACTIVATION, DEVICE_IDENTIFIER, EXTENSION } from '../codes.ts';
import { formsIn } from '../read/pin-document.ts';
import { changed } from './change.ts';
import { formItems } from './form-items.ts';

/** P11, P12: all of it, or nothing. DraftGoneError where there is no draft or its form holds no PIN. */
export async function sign(fhir: FhirClient, { asRead, now, cycle }: Signature): Promise<void> {
  if (asRead === null) throw new DraftGoneError('DRAFT_NOT_READ');
  const { document, form, signed, device } = asRead;
  const at = toInstant(now);
  const pin = pinOf(form, fhir.base);
  const final = {
    docStatus: 'final',
    date: at,
    // By identifier and without a type: R4 lets no Device authenticate a document, and the service is one.
    authenticator: { identifier: DEVICE_IDENTIFIER, display: 'Portal PIN' },
    relatesTo: [{ code: 'replaces', target: { reference: `DocumentReference/${cycle}` } }],
  } satisfies Partial<DocumentReference>;
  const completed = {
    status: 'completed',
    item: formItems(ACTIVATION.active, pin, now),
  } satisfies Partial<QuestionnaireResponse>;
  await fhir.transaction([
    // All that are current: the EHR may leave that to the signer.
    ...signed.map((each) => ({ change: changed(each, { status: 'superseded' }) })),
    { change: changed(form, completed) },
    { change: changed(document, final) },
    { create: provenanceOf(document, device, at) },
  ]);
}

function pinOf({ resource }: AsRead, base: string): string {
  const [form] = formsIn([{ ...resource, resourceType: 'QuestionnaireResponse' }], base);
  if (form?.pin === undefined || form.pin === null) throw new DraftGoneError('FORM_WITHOUT_PIN');
  return form.pin;
}

/** The signature, and the answers to the dialog: nothing else is signed along (P11), no provider becomes responsible (P12). */
function provenanceOf({ id, resource }: AsRead, known: string | null, at: string): Provenance {
  // An EHR that has not registered the service as a Device still learns from the identifier what signed.
  const reference = known === null ? {} : { reference: known };
  const device: Reference = { type: 'Device', identifier: DEVICE_IDENTIFIER, ...reference };
  const provider = itemsOf(resource.author)[0];
  const onBehalfOf = isObject(provider) ? { onBehalfOf: provider } : {};
  return {
    resourceType: 'Provenance',
    target: [{ reference: `DocumentReference/${id}` }],
    recorded: at,
    occurredDateTime: at,
    agent: [{ who: device, ...onBehalfOf }],
    signature: [
      {
        // ASTM E1762 "Verification Signature": the service vouches for the document, it is not its author.
        type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.5' }],
        when: at,
        who: device,
        ...onBehalfOf,
      },
    ],
    extension: [
      { url: EXTENSION.becomeResponsibleProvider, valueBoolean: false },
      { url: EXTENSION.signClinicalListChanges, valueBoolean: false },
    ],
  };
}
