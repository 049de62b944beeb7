/** The PIN document (P2, P3) and the form in it (P6). */
import * as z from 'zod/mini';
import type { PinDocument } from '../../../domain/chart/chart.ts';
import { isPin } from '../../../domain/chart/pin.ts';
import { UNREADABLE } from '../../../domain/chart/unreadable.ts';
import { EhrUnavailableError } from '../../../domain/errors.ts';
import type { AsRead } from '../../../ports/ehr/ehr.ts';
import { idIn } from '../client/reference.ts';
import { asReadOf, isId, type Resource } from '../client/resource.ts';
import { hasCoding, identifiersOf } from '../client/search.ts';
import { CYCLE_IDENTIFIER, DOCUMENT_TYPE, FORM_ITEM, PIN_GENERATOR_FORM } from '../codes.ts';
import { anything, type Ref, refOf, refsOf, text } from './elements.ts';
import { isModified, lenient, list, modifiers, parsed } from './lenient.ts';

/** The resources of one type with their ids: one without could never be written back. EhrUnavailableError names the type. */
export function withId(resources: readonly Resource[], type: string): { resource: Resource; id: string }[] {
  return resources
    .filter((resource) => resource.resourceType === type)
    .map((resource) => {
      if (!isId(resource.id)) throw new EhrUnavailableError(`${type.toUpperCase()}_WITHOUT_ID`);
      return { resource, id: resource.id };
    });
}

const documentSchema = z.object({
  ...modifiers,
  status: text,
  docStatus: text,
  date: text,
  subject: anything,
  author: anything,
  custodian: anything,
  context: lenient(z.object({ ...modifiers, encounter: anything })),
});

export interface DocumentRead {
  id: string;
  read: AsRead;
  /** As the domain judges it. */
  pin: PinDocument;
  isPinType: boolean;
  status: string | null;
  docStatus: string | null;
  /** The signing instant as written. */
  date: string | null;
  subject: string | null;
  author: Ref[];
  custodian: Ref | null;
  encounter: string | null;
  isModified: boolean;
}

const UNSIGNED = new Set<string | null>(['preliminary', 'entered-in-error']);
const SIGNED = new Set<string | null>(['final', 'amended']);

export function documentsIn(resources: readonly Resource[], base: string): DocumentRead[] {
  return withId(resources, 'DocumentReference').map(({ resource, id }) => {
    const chart = parsed(documentSchema, resource);
    const { status = null, docStatus = null, date = null } = chart;
    const custodian = refOf(chart.custodian, base);
    const encounter = refsOf(chart.context?.encounter, base)[0]?.path ?? null;
    const modified = isModified(chart) || (chart.context !== undefined && isModified(chart.context));
    return {
      id,
      read: asReadOf(resource, id),
      pin: {
        id,
        // R4 lets a document do without docStatus. It may be the living PIN, so it counts as signed at an unknown time.
        signed: !UNSIGNED.has(docStatus),
        date: SIGNED.has(docStatus) && isReadable(status) && !modified ? date : null,
        cycleIdentifier: cycleIdentifierOf(resource),
        encounter: idIn(encounter, 'Encounter'),
        location: idIn(custodian?.path ?? null, 'Organization'),
      },
      isPinType: hasCoding(resource.type, DOCUMENT_TYPE),
      status,
      docStatus,
      date,
      subject: refOf(chart.subject, base)?.path ?? null,
      author: refsOf(chart.author, base),
      custodian,
      encounter,
      isModified: modified,
    };
  });
}

/** A missing or malformed status: it is unclear whether the document counts. */
function isReadable(status: string | null): boolean {
  return status !== null && status !== UNREADABLE;
}

/** Our identifier for patient and cycle, of a document, a form or an encounter; null where it has none. */
export function cycleIdentifierOf(resource: Resource): string | null {
  return identifiersOf(resource, CYCLE_IDENTIFIER)[0] ?? null;
}

const formSchema = z.object({
  ...modifiers,
  status: text,
  questionnaire: text,
  subject: anything,
  encounter: anything,
  item: list(
    z.object({ ...modifiers, linkId: z.string(), answer: list(z.object({ ...modifiers, valueString: text })) }),
  ),
});

export interface FormRead {
  id: string;
  read: AsRead;
  status: string | null;
  cycleIdentifier: string | null;
  isPinForm: boolean;
  /** Null: it names no subject. A subject that is not this server's reads as the empty path. */
  subject: string | null;
  encounter: string | null;
  pin: string | null;
  activation: string | null;
}

export function formsIn(resources: readonly Resource[], base: string): FormRead[] {
  return withId(resources, 'QuestionnaireResponse').map(({ resource, id }) => {
    const chart = parsed(formSchema, resource);
    const answer = (linkId: string): string | null => {
      const item = isModified(chart) ? undefined : chart.item.find((each) => each.linkId === linkId);
      const first = item === undefined || isModified(item) ? undefined : item.answer[0];
      return first === undefined || isModified(first) ? null : (first.valueString ?? null);
    };
    const pin = answer(FORM_ITEM.pin);
    const subject = refOf(chart.subject, base);
    return {
      id,
      read: asReadOf(resource, id),
      status: chart.status ?? null,
      cycleIdentifier: cycleIdentifierOf(resource),
      isPinForm: chart.questionnaire?.split('|')[0] === PIN_GENERATOR_FORM.split('|')[0],
      subject: subject === null ? null : (subject.path ?? ''),
      encounter: refOf(chart.encounter, base)?.path ?? null,
      pin: pin !== null && isPin(pin) ? pin : null,
      activation: answer(FORM_ITEM.activationStatus),
    };
  });
}
