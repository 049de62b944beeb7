/** The answers of the Pin Generator form (P6). */
import type { QuestionnaireResponseItem } from 'fhir/r4';
import { PIN_LIFETIME_MS } from '../../../domain/chart/expiry.ts';
import { toInstant } from '../../../domain/time/instant.ts';
import { FORM_ITEM } from '../codes.ts';

/** @param signedAt milliseconds since the epoch, from which the PIN's 30 days count */
export function formItems(activation: string, pin: string, signedAt: number): QuestionnaireResponseItem[] {
  return [
    { linkId: FORM_ITEM.activationStatus, answer: [{ valueString: activation }] },
    { linkId: FORM_ITEM.pin, answer: [{ valueString: pin }] },
    { linkId: FORM_ITEM.expiresOn, answer: [{ valueDateTime: toInstant(signedAt + PIN_LIFETIME_MS) }] },
  ];
}
