/** The patient (P1), as the chart has them. https://hl7.org/fhir/R4/patient.html */
import * as z from 'zod/mini';
import type { EmailEntry, Patient, PortalStatus } from '../../../domain/chart/patient.ts';
import { UNREADABLE } from '../../../domain/chart/unreadable.ts';
import { isObject, type Resource } from '../client/resource.ts';
import { EXTENSION } from '../codes.ts';
import {
  anything,
  boundsOf,
  coding,
  extensions,
  flag,
  lenientPeriod,
  type Ref,
  refOf,
  refsOf,
  text,
} from './elements.ts';
import { isModified, lenient, list, modifiers, parsed, readable } from './lenient.ts';

const telecom = z.object({
  system: text,
  value: text,
  use: text,
  rank: lenient(z.number()),
  period: lenientPeriod,
  extension: extensions,
});

const communication = z.object({
  ...modifiers,
  language: lenient(z.object({ coding: list(coding) })),
  preferred: lenient(z.boolean()),
});

const schema = z.object({
  ...modifiers,
  active: flag,
  deceasedBoolean: flag,
  deceasedDateTime: anything,
  _deceasedBoolean: anything,
  _deceasedDateTime: anything,
  // A link that cannot be read may say that another record replaced this one.
  link: readable(z.array(z.object({ ...modifiers, type: z.string() }))),
  extension: readable(z.array(z.object({ url: z.string(), valueCode: text }))),
  telecom: readable(z.array(z.unknown())),
  communication: list(communication),
  generalPractitioner: anything,
  managingOrganization: anything,
  birthDate: text,
  name: list(z.object({ family: text })),
});
type Chart = z.infer<typeof schema>;

const PORTAL_STATUSES: readonly string[] = [
  'not-enrolled',
  'pending',
  'registered',
  'opted-out',
] satisfies PortalStatus[];

function isPortalStatus(code: string | undefined): code is PortalStatus {
  return code !== undefined && PORTAL_STATUSES.includes(code);
}

export interface PatientRead {
  patient: Patient;
  generalPractitioner: Ref[];
  managingOrganization: Ref | null;
  /** As written; null where the chart has none. */
  birthDate: string | null;
  familyNames: string[];
}

/** @param id as checked against what was asked for */
export function patientIn(resource: Resource, id: string, base: string): PatientRead {
  const chart = parsed(schema, resource);
  const links = chart.link === UNREADABLE ? [] : (chart.link ?? []);
  const known = chart.extension === UNREADABLE ? [] : (chart.extension ?? []);
  const status = known.find(({ url }) => url === EXTENSION.portalStatus)?.valueCode;
  return {
    patient: {
      id,
      replaced: links.some((link) => link.type === 'replaced-by' && !isModified(link)),
      deceased: isDeceased(chart),
      // FHIR: a Patient without `active` is taken as active.
      active: chart.active !== false,
      portalStatus: isPortalStatus(status) ? status : null,
      emails: emailsOf(chart),
      language: languageIn(chart),
      unclear: isUnclear(chart, status),
    },
    generalPractitioner: refsOf(chart.generalPractitioner, base),
    managingOrganization: refOf(chart.managingOrganization, base),
    birthDate: chart.birthDate ?? null,
    familyNames: chart.name.flatMap(({ family }) => (family === undefined || family === UNREADABLE ? [] : [family])),
  };
}

/** An unknown or unreadable date of death still means deceased. */
function isDeceased({ deceasedBoolean, deceasedDateTime, _deceasedDateTime }: Chart): boolean {
  const isDated = deceasedDateTime !== undefined && deceasedDateTime !== null && typeof deceasedDateTime !== 'boolean';
  return deceasedBoolean === true || isDated || isObject(_deceasedDateTime);
}

/** Whether the chart says something of the patient that could change everything else and cannot be understood. */
function isUnclear(chart: Chart, portalStatus: string | undefined): boolean {
  return (
    isModified(chart) ||
    chart.active === UNREADABLE ||
    chart.deceasedBoolean === UNREADABLE ||
    typeof chart.deceasedDateTime === 'boolean' ||
    (chart.deceasedBoolean === undefined && isObject(chart._deceasedBoolean)) ||
    chart.link === UNREADABLE ||
    (chart.link ?? []).some((link) => isObject(link) && isModified(link)) ||
    chart.extension === UNREADABLE ||
    portalStatus === UNREADABLE
  );
}

const UNREADABLE_EMAIL: EmailEntry = {
  value: UNREADABLE,
  use: null,
  rank: null,
  periodStart: null,
  periodEnd: null,
  undeliverable: false,
};

function emailsOf({ telecom: entries }: Chart): EmailEntry[] {
  // Something stands where the addresses belong: a person has to look at it.
  if (entries === UNREADABLE) return [UNREADABLE_EMAIL];
  return (entries ?? []).flatMap((entry): EmailEntry[] => {
    const { success, data } = z.safeParse(telecom, entry);
    if (!success || data.system !== 'email') return [];
    const { start, end } = boundsOf(data.period);
    return [
      {
        value: data.value ?? null,
        use: data.use ?? null,
        rank: data.rank ?? null,
        periodStart: start,
        periodEnd: end,
        undeliverable: data.extension.some(
          (each) => each.url === EXTENSION.undeliverable && each.valueBoolean === true,
        ),
      },
    ];
  });
}

const BCP_47 = 'urn:ietf:bcp:47';
/** A language tag begins with the two or three letters of ISO 639. A vendor's own number is none. */
const LANGUAGE_TAG = /^[A-Za-z]{2,3}([-_][A-Za-z0-9-_]+)?$/;

/** The tag of the preferred language, else of the first: the BCP 47 coding wherever it stands, else one that looks like a tag. */
function languageIn({ communication: all }: Chart): string | null {
  const understood = all.filter((each) => !isModified(each));
  const chosen = understood.find((each) => each.preferred === true) ?? understood[0];
  const codings = (chosen?.language?.coding ?? []).flatMap(({ system, code }) =>
    code !== undefined && LANGUAGE_TAG.test(code.trim()) ? [{ system, code }] : [],
  );
  return (codings.find(({ system }) => system === BCP_47) ?? codings[0])?.code ?? null;
}
