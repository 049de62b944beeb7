import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { demoPractice } from '../../../../local/demo/practice.ts';
import { PracticeError, patientIdsOf, readPractice } from '../../../../local/load/practice.ts';

const root = mkdtempSync(join(tmpdir(), 'practice-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
/** A folder with these files; text as it is, anything else as JSON. */
function folderWith(files: Record<string, unknown>): string {
  const folder = join(root, String(++folders));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

function bundleOf(...entry: unknown[]) {
  return { resourceType: 'Bundle', type: 'collection', entry };
}

function entryOf(resource: object, fullUrl?: string) {
  return { ...(fullUrl && { fullUrl }), resource };
}

const jane = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Canary' }] };
const UUID = '0b00570a-5882-4bb7-98da-25109c3c001a';

function resourcesOf(path: string) {
  return readPractice(path).flatMap((bundle) => (bundle.entry ?? []).map((entry) => entry.resource));
}

describe('readPractice', () => {
  it('reads one file', () => {
    expect(patientIdsOf(readPractice(join(folderWith({ 'a.json': bundleOf(entryOf(jane)) }), 'a.json')))).toEqual([
      'p1',
    ]);
  });

  it('reads every *.json of a folder, sorted, and nothing else', () => {
    const second = bundleOf(entryOf({ ...jane, id: 'p2' }));
    const folder = folderWith({ 'b.json': second, 'a.JSON': bundleOf(entryOf(jane)), 'README.md': 'no JSON' });
    expect(patientIdsOf(readPractice(folder))).toEqual(['p1', 'p2']);
  });

  it.each(['transaction', 'batch', 'collection', 'searchset', 'document'])('takes a Bundle of type %s', (type) => {
    const folder = folderWith({ 'a.json': { ...bundleOf(entryOf(jane)), type } });
    expect(patientIdsOf(readPractice(folder))).toEqual(['p1']);
  });

  it('gives transactions that keep every id', () => {
    const folder = folderWith({
      'a.json': bundleOf({ ...entryOf(jane), request: { method: 'POST', url: 'Patient' } }),
    });
    expect(readPractice(folder)).toEqual([
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: jane, request: { method: 'PUT', url: 'Patient/p1' } }],
      },
    ]);
  });

  it('leaves what it wrote itself as it is', () => {
    const { bundles } = demoPractice(Date.parse('2026-11-22T12:00:00Z'));
    const names = bundles.map((bundle, index) => [`${String(index).padStart(3, '0')}.json`, bundle]);
    expect(readPractice(folderWith(Object.fromEntries(names)))).toEqual(JSON.parse(JSON.stringify(bundles)));
  });

  it('takes a missing id from fullUrl', () => {
    const patient = { resourceType: 'Patient' };
    const folder = folderWith({
      'a.json': bundleOf(entryOf(patient, `urn:uuid:${UUID}`), entryOf(patient, 'https://ehr.example/fhir/Patient/p9')),
    });
    expect(patientIdsOf(readPractice(folder))).toEqual([UUID, 'p9']);
  });

  it('gives anything but a Patient an id of its own, the same each time', () => {
    const visit = { resourceType: 'Encounter', subject: { reference: 'Patient/p1' } };
    const folder = folderWith({ 'a.json': bundleOf(entryOf(jane), entryOf(visit), entryOf(visit)) });
    const ids = resourcesOf(folder).map((resource) => resource?.id);
    expect(new Set(ids).size).toBe(3);
    expect(resourcesOf(folder).map((resource) => resource?.id)).toEqual(ids);
  });

  it('makes references Type/id, deep, across files, and touches no identifier', () => {
    const doctor = { resourceType: 'Practitioner', id: 'd1', identifier: [null, { system: 'urn:npi', value: '99' }] };
    const visit = {
      resourceType: 'Encounter',
      id: 'v1',
      identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${UUID}` }],
      subject: { reference: `urn:uuid:${UUID}` },
      participant: [
        { individual: { reference: 'urn:uuid:d' } },
        { individual: { reference: 'Practitioner?identifier=urn:npi|99' } },
        { individual: { reference: 'https://ehr.example/fhir/Practitioner/d1' } },
        { individual: { reference: 'urn:uuid:unknown' } },
      ],
    };
    const folder = folderWith({
      'a.json': bundleOf(
        entryOf(visit),
        entryOf(jane, `urn:uuid:${UUID}`),
        entryOf(doctor, 'https://ehr.example/fhir/Practitioner/d1'),
      ),
      'b.json': bundleOf(entryOf(doctor, 'urn:uuid:d')),
    });
    expect(resourcesOf(folder)[0]).toEqual({
      ...visit,
      subject: { reference: 'Patient/p1' },
      participant: [
        { individual: { reference: 'Practitioner/d1' } },
        { individual: { reference: 'Practitioner/d1' } },
        { individual: { reference: 'Practitioner/d1' } },
        { individual: { reference: 'urn:uuid:unknown' } },
      ],
    });
  });

  it('leaves a reference alone that several resources answer to', () => {
    const doctor = (id: string) =>
      entryOf({ resourceType: 'Practitioner', id, identifier: [{ system: 's', value: '1' }] });
    const patient = { ...jane, generalPractitioner: [{ reference: 'Practitioner?identifier=s|1' }] };
    const folder = folderWith({ 'a.json': bundleOf(entryOf(patient), doctor('d1'), doctor('d2'), doctor('d3')) });
    expect(resourcesOf(folder)[0]).toEqual(patient);
  });

  it('lets a fullUrl count in its own Bundle first', () => {
    const visit = { resourceType: 'Encounter', subject: { reference: 'urn:uuid:me' } };
    const file = (id: string) =>
      bundleOf(entryOf({ ...jane, id }, 'urn:uuid:me'), entryOf({ ...visit, id: `v-${id}` }));
    const visits = resourcesOf(folderWith({ 'a.json': file('p1'), 'b.json': file('p2') })).filter(
      (resource) => resource?.resourceType === 'Encounter',
    );
    expect(visits.map(({ id, subject }) => [id, subject?.reference])).toEqual([
      ['v-p1', 'Patient/p1'],
      ['v-p2', 'Patient/p2'],
    ]);
  });

  it('keeps one of two that are the same, and the first of an office that two files describe', () => {
    const office = { resourceType: 'Organization', id: 'o1', name: 'One' };
    const folder = folderWith({
      'a.json': bundleOf(entryOf(jane), entryOf(jane), entryOf(office)),
      'b.json': bundleOf(entryOf(jane), entryOf({ ...office, name: 'Two' })),
    });
    expect(resourcesOf(folder)).toEqual([jane, office]);
  });

  it('ignores a byte order mark and what a search says about itself', () => {
    const remark = { resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } };
    const unmarked = { resource: { resourceType: 'OperationOutcome' } };
    const folder = folderWith({ 'a.json': `\uFEFF${JSON.stringify(bundleOf(remark, unmarked, entryOf(jane)))}` });
    expect(resourcesOf(folder)).toEqual([jane]);
  });
});

describe('readPractice refuses', () => {
  const ndjson = `${JSON.stringify(jane)}\n${JSON.stringify({ ...jane, id: 'p2' })}\n`;
  const cases: [what: string, files: Record<string, unknown>, message: RegExp][] = [
    ['an empty folder', {}, /folder .* holds no \*\.json file\. Give a JSON file/],
    ['a folder of NDJSON', { 'Patient.ndjson': ndjson }, /holds NDJSON, but no \*\.json file\. Give/],
    ['NDJSON', { 'a.json': ndjson }, /a\.json is NDJSON, .* entries of a Bundle/],
    ['what is no JSON', { 'a.json': '{"name":"Canary' }, /a\.json is no JSON\. Give/],
    ['a resource without a Bundle', { 'a.json': jane }, /a\.json is no Bundle\. Give/],
    ['an array', { 'a.json': [jane] }, /a\.json is no Bundle\. Give/],
    ['null', { 'a.json': 'null' }, /a\.json is no Bundle\. Give/],
    ['an entry that is no list', { 'a.json': { ...bundleOf(), entry: {} } }, /a\.json is no Bundle\. Give/],
    ['a history', { 'a.json': { ...bundleOf(), type: 'history' } }, /a\.json has a type .* Use one of transaction,/],
    ['a Bundle without type', { 'a.json': { resourceType: 'Bundle' } }, /a\.json has a type .* Use one of/],
    ['no patient at all', { 'a.json': bundleOf() }, /holds no Patient\. Give/],
    [
      'an entry without resource',
      { 'a.json': bundleOf(entryOf(jane), {}) },
      /Entry 2 of .*a\.json has no resource .* Remove/,
    ],
    ['an entry that is null', { 'a.json': bundleOf(null) }, /Entry 1 of .*a\.json has no resource/],
    ['a resource without type', { 'a.json': bundleOf({ resource: { id: 'x' } }) }, /Entry 1 of .* with a resourceType/],
    [
      'a Patient without id',
      { 'a.json': bundleOf({ resource: { resourceType: 'Patient' } }) },
      /Entry 1 .* without id\. Give/,
    ],
    [
      'an id that is none',
      { 'a.json': bundleOf(entryOf({ ...jane, id: 'Canary, J' })) },
      /Entry 1 .*\(Patient\) .* Change the id/,
    ],
    ['an id that is a number', { 'a.json': bundleOf(entryOf({ ...jane, id: 7 })) }, /Entry 1 .* no valid FHIR id/],
    [
      'an id that is too long',
      { 'a.json': bundleOf(entryOf({ ...jane, id: 'x'.repeat(65) })) },
      /Entry 1 .* no valid FHIR id/,
    ],
    [
      'a fullUrl given twice',
      { 'a.json': bundleOf(entryOf(jane, 'urn:uuid:a'), entryOf({ ...jane, id: 'p2' }, 'urn:uuid:a')) },
      /Entry 2 .*\(Patient\/p2\) has the fullUrl of another/,
    ],
    [
      'a patient that two files describe differently',
      { 'a.json': bundleOf(entryOf(jane)), 'b.json': bundleOf(entryOf({ ...jane, active: false })) },
      /Patient\/p1 stands in .*a\.json and in .*b\.json and differs\. Keep one/,
    ],
    [
      'a document that stands twice and differs',
      {
        'a.json': bundleOf(
          entryOf(jane),
          entryOf({ resourceType: 'DocumentReference', id: 'x', status: 'current' }),
          entryOf({ resourceType: 'DocumentReference', id: 'x', status: 'superseded' }),
        ),
      },
      /DocumentReference\/x stands twice in .*a\.json and differs/,
    ],
  ];

  it.each(cases)('%s', (_what, files, message) => {
    const folder = folderWith(files);
    const error = thrownBy(() => readPractice(folder));
    expect(error).toBeInstanceOf(PracticeError);
    expect(error.message).toMatch(message);
    // A message tells nothing of a chart but type and id.
    expect(error.message).not.toContain('Canary');
  });

  it('a path that is not there', () => {
    const path = join(root, 'nowhere');
    expect(() => readPractice(path)).toThrow(`The practice ${path} cannot be read (ENOENT). Give a JSON file`);
  });

  it('a single NDJSON file by its name', () => {
    const folder = folderWith({ 'Patient.ndjson': JSON.stringify(jane) });
    expect(() => readPractice(join(folder, 'Patient.ndjson'))).toThrow(/Patient\.ndjson is NDJSON/);
  });
});

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Nothing was thrown.');
}
