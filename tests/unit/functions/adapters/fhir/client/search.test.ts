import { describe, expect, it } from 'vitest';
import {
  type Criteria,
  ignoredParameters,
  isMatch,
  pathOfSearch,
  queryOf,
  type Search,
} from '../../../../../../functions/adapters/fhir/client/search.ts';

const BASE = 'https://ehr.example/fhir';
const TYPE = { system: 'https://codes.example/type', code: 'pin' };
const IDENTIFIER = { system: 'urn:cycle', value: 'c1' };

describe('queryOf', () => {
  it('encodes what no URL may hold, and separates values by commas', () => {
    const where: Criteria = {
      patient: 'p1',
      type: TYPE,
      status: ['current', 'superseded'],
      identifier: [IDENTIFIER, { system: 'urn:cycle', value: 'c2' }],
    };
    expect(pathOfSearch({ type: 'DocumentReference', where, count: 100 })).toBe(
      'DocumentReference?patient=Patient%2Fp1&identifier=urn%3Acycle%7Cc1,urn%3Acycle%7Cc2' +
        '&type=https%3A%2F%2Fcodes.example%2Ftype%7Cpin&status=current,superseded&_count=100',
    );
  });
  it.each([
    ['a,b', 'urn%3Acycle%7Ca%5C%2Cb'],
    ['a|b', 'urn%3Acycle%7Ca%5C%7Cb'],
    ['a$b', 'urn%3Acycle%7Ca%5C%24b'],
    ['a\\b', 'urn%3Acycle%7Ca%5C%5Cb'],
    ['a&status=x', 'urn%3Acycle%7Ca%26status%3Dx'],
    ['a b+c%#', 'urn%3Acycle%7Ca%20b%2Bc%25%23'],
  ])('a value of %j stays one value', (value, written) => {
    const search: Search = { type: 'Task', where: { identifier: [{ system: 'urn:cycle', value }] } };
    expect(queryOf(search)).toBe(`identifier=${written}`);
  });
  it('asks for order and includes', () => {
    const search: Search = {
      ...{ type: 'Encounter', where: { patient: 'p1' }, sort: '-date', count: 50 },
      ...{ include: ['Encounter:participant'], iterate: ['PractitionerRole:practitioner'] },
    };
    expect(queryOf(search)).toBe(
      'patient=Patient%2Fp1&_sort=-date&_count=50&_include=Encounter%3Aparticipant' +
        '&_include:iterate=PractitionerRole%3Apractitioner',
    );
  });
});

describe('isMatch', () => {
  const fits = {
    resourceType: 'Task',
    id: 't1',
    subject: { reference: 'Patient/p1' },
    type: { coding: [{ system: 'urn:other', code: 'pin' }, TYPE] },
    status: 'current',
    identifier: [{ system: 'urn:other', value: 'c1' }, IDENTIFIER],
    focus: { reference: 'DocumentReference/d1/_history/2' },
    encounter: { reference: `${BASE}/Encounter/e1` },
    target: [{ reference: 'Task/other' }, { reference: 'Task/t2' }],
  };
  const where: Required<Criteria> = {
    _id: 't1',
    patient: 'p1',
    type: TYPE,
    status: ['current'],
    identifier: [IDENTIFIER],
    focus: 'DocumentReference/d1',
    encounter: 'Encounter/e1',
    target: 'Task/t2',
  };
  it('takes what is all that was asked for', () => expect(isMatch({ type: 'Task', where }, fits, BASE)).toBe(true));

  it.each<[string, object]>([
    ['another resource type', { resourceType: 'Basic' }],
    ['another id', { id: 't2' }],
    ['another patient', { subject: { reference: 'Patient/p2' } }],
    ['no patient', { subject: undefined }],
    ['a patient of another server', { subject: { reference: 'https://other.example/fhir/Patient/p1' } }],
    ['a patient given only by display name', { subject: { display: 'Patient/p1' } }],
    ['another type', { type: { coding: [{ ...TYPE, code: 'letter' }] } }],
    ['a type of another system', { type: { coding: [{ ...TYPE, system: 'urn:other' }] } }],
    ['no type', { type: undefined }],
    ['a type that is text', { type: 'pin' }],
    ['another status', { status: 'superseded' }],
    ['another identifier', { identifier: [{ ...IDENTIFIER, value: 'c2' }] }],
    ['an identifier of another system', { identifier: [{ ...IDENTIFIER, system: 'urn:other' }] }],
    ['no identifier', { identifier: undefined }],
    ['another focus', { focus: { reference: 'DocumentReference/d2' } }],
    ['another encounter', { encounter: { reference: 'Encounter/e2' } }],
    ['another target', { target: [{ reference: 'Task/t3' }] }],
    ['a target that is no list', { target: { reference: 'Task/t2' } }],
  ])('leaves out %s', (_case, more) => {
    expect(isMatch({ type: 'Task', where }, { ...fits, ...more }, BASE)).toBe(false);
  });

  it.each<[string, object]>([
    ['an identifier that is no list, as a form has it', { identifier: IDENTIFIER }],
    ['several types, as an encounter has them', { type: [{ coding: [] }, { coding: [TYPE] }] }],
    ['an unreadable status, which rules nothing out', { status: { coding: 'current' } }],
    ['no status', { status: undefined }],
  ])('takes %s', (_case, more) => expect(isMatch({ type: 'Task', where }, { ...fits, ...more }, BASE)).toBe(true));
});

describe('ignoredParameters', () => {
  const search: Search = {
    ...{ type: 'Encounter', where: { patient: 'p1', status: ['finished'] }, sort: '-date' },
    ...{ include: ['Encounter:participant'], iterate: ['PractitionerRole:practitioner'] },
  };
  it.each([
    ['all were used', `${BASE}/Encounter?${queryOf(search)}`, []],
    ['one was left out', `${BASE}/Encounter?patient=Patient/p1&status=finished&_include=x`, ['_sort']],
    ['only one was used', `${BASE}/Encounter?_sort=-date`, ['patient', 'status', '_include']],
    ['with a modifier', `Encounter?patient:Patient=p1&status=finished&_sort=-date&_include:iterate=x`, []],
    ['it says nothing', null, []],
    ['it has no query, as one with a search id has', `${BASE}/Encounter`, []],
  ])('%s', (_case, self, ignored) => expect(ignoredParameters(search, self)).toEqual(ignored));
});
