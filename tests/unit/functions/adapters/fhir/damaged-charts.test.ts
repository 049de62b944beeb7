/** No chart makes the adapter throw an unnamed error: charts of the demo practice, damaged at random. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Bundle, FhirResource } from 'fhir/r4';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isResource, type Resource } from '../../../../../functions/adapters/fhir/client/resource.ts';
import { patientIn } from '../../../../../functions/adapters/fhir/read/patient.ts';
import { documentsIn, formsIn } from '../../../../../functions/adapters/fhir/read/pin-document.ts';
import {
  candidatesOf,
  careTeamsIn,
  directoryOf,
  visitsIn,
} from '../../../../../functions/adapters/fhir/read/providers.ts';
import { readChart } from '../../../../../functions/domain/chart/chart.ts';
import { lifeOf } from '../../../../../functions/domain/chart/expiry.ts';
import { chooseAddress, standingOf } from '../../../../../functions/domain/chart/patient.ts';
import { languageFor } from '../../../../../functions/domain/email/language.ts';
import { isStepError } from '../../../../../functions/domain/errors.ts';
import { isFullDate } from '../../../../../functions/domain/pickup/birth-date.ts';
import { hasLastName } from '../../../../../functions/domain/pickup/last-name.ts';
import { demoPractice } from '../../../../../local/demo/practice.ts';
import { damaged, damages } from '../../../../support/requests/mutated-chart.ts';
import { CALLS, ehrAt } from '../../../../support/scripted/scripted-ehr.ts';

const IS_FULL = process.env.PROVE === 'full';
const READINGS = IS_FULL ? 1_000_000 : 10_000;
const CALLED = IS_FULL ? 20_000 : 300;
const SEED = Number(process.env.SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 20_260_615));
const NOW = Date.parse('2026-06-15T12:00:00Z');
const BASE = 'http://ehr.example/fhir';

/** A folder of Bundles, such as Synthea's, to damage as well; none by default. */
const FOLDER = process.env.CHARTS_FOLDER ?? '';

type Chart = (FhirResource & Resource)[];

function chartsIn(bundles: readonly Bundle[]): Chart[] {
  return bundles
    .map(({ entry }) =>
      (entry ?? []).flatMap(({ resource }) => (isResource(resource) ? [resource as Chart[number]] : [])),
    )
    .map((resources) => resources.filter(({ resourceType }) => READ.has(resourceType)))
    .filter((resources) => resources.some(({ resourceType }) => resourceType === 'Patient'));
}

const READ = new Set([
  ...['Patient', 'DocumentReference', 'QuestionnaireResponse', 'CareTeam', 'Encounter', 'Practitioner'],
  ...['PractitionerRole', 'MedicationRequest', 'Task', 'Communication', 'Provenance', 'Device'],
]);

const { bundles } = demoPractice(NOW);
const [directory = { entry: [] }] = bundles;
const people = (directory.entry ?? []).flatMap(({ resource }) => (isResource(resource) ? [resource] : []));
const DEMO = chartsIn(bundles);

/** Everything that is read of a chart, and what the domain makes of it. */
function readAll(resources: readonly Resource[]): void {
  for (const resource of resources.filter(({ resourceType }) => resourceType === 'Patient')) {
    const { patient, birthDate, familyNames } = patientIn(resource, 'p1', BASE);
    standingOf(patient);
    const chosen = chooseAddress(patient, NOW, () => false);
    if (chosen.verdict === 'USABLE') expect(chosen.address).toMatch(/^[\x21-\x7e]{3,254}$/);
    expect(['en', 'es']).toContain(languageFor(patient.language, ['en', 'es']));
    isFullDate(birthDate);
    hasLastName(familyNames);
  }
  const { newest } = readChart(
    documentsIn(resources, BASE).map(({ pin }) => pin),
    NOW,
  );
  if (newest !== null) expect(lifeOf(newest.signedAt).issuedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  formsIn(resources, BASE);
  const teams = careTeamsIn(resources, BASE, NOW);
  const members = teams.flatMap(({ participants }) => participants.flatMap(({ member }) => member ?? []));
  const participants = visitsIn(resources, BASE).flatMap((visit) => visit.participants);
  candidatesOf([...members, ...participants], directoryOf([...people.slice(0, 3), ...resources], BASE, NOW));
}

/** Runs `work`; only an error with a name of ours may come out of it. */
function namedOnly(error: unknown): void {
  if (!isStepError(error)) throw error;
}

function checkReadings(charts: readonly Chart[], runs: number): void {
  fc.assert(
    fc.property(fc.nat(charts.length - 1), damages, (which, all) => {
      try {
        readAll(damaged(charts[which] ?? [], all));
      } catch (error) {
        namedOnly(error);
      }
    }),
    { numRuns: runs, seed: SEED },
  );
}

describe('a damaged chart', () => {
  afterEach(() => vi.unstubAllGlobals());

  it(`is read or refused by name, ${READINGS} times`, { timeout: 3_600_000 }, () => {
    expect(DEMO.length).toBeGreaterThan(50);
    for (const chart of DEMO) expect(() => readAll(chart)).not.toThrow();
    checkReadings(DEMO, READINGS);
  });

  const ofFolder = () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
    const charts = chartsIn(files.map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))));
    expect(charts.length).toBeGreaterThan(0);
    for (const chart of charts) expect(() => readAll(chart)).not.toThrow();
    checkReadings(charts.map(shortened), READINGS);
  };
  // Declared only with a folder: a skipped test would count as one that did not pass.
  if (existsSync(FOLDER)) it('of a folder of Bundles is, too', { timeout: 3_600_000 }, ofFolder);

  it(`ends every call of the adapter well or by name, ${CALLED} times`, { timeout: 3_600_000 }, async () => {
    const calls = Object.entries(CALLS);
    await fc.assert(
      fc.asyncProperty(fc.nat(DEMO.length - 1), damages, async (which, all) => {
        const chart = damaged([...(DEMO[which] ?? []), ...people], all);
        vi.stubGlobal('fetch', answering(chart));
        for (const [, call] of calls) await call(ehrAt(BASE)).catch(namedOnly);
      }),
      { numRuns: CALLED, seed: SEED },
    );
  });
});

/** A few resources of each type: a damage would hardly ever hit the one that matters in a chart of years. */
function shortened(chart: Chart): Chart {
  const counts = new Map<string, number>();
  return chart.filter(({ resourceType }) => {
    const count = (counts.get(resourceType) ?? 0) + 1;
    counts.set(resourceType, count);
    return count <= 2;
  });
}

/** An EHR that answers each read and search with what the chart has of the type, and takes every write. */
function answering(chart: readonly Resource[]): typeof fetch {
  const found = (url: string): unknown => {
    const [type = '', id] = url.replace(/\?.*/, '').split('/');
    const resources = chart.filter((each) => each.resourceType === type);
    if (id !== undefined) return { ...(resources[0] ?? { resourceType: type }), id };
    return { resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) };
  };
  return async (input, init) => {
    const path = String(input).slice(BASE.length + 1);
    const method = init?.method ?? 'GET';
    if (method === 'PUT') return Response.json({ resourceType: 'Basic' });
    if (method === 'GET' || path !== '') return Response.json(found(path));
    const { entry }: { entry: { request: { method: string; url: string }; resource?: unknown }[] } = JSON.parse(
      String(init?.body),
    );
    const answers = entry.map(({ request, resource = {} }) => ({
      response: { status: '200', location: `${request.url}/new` },
      resource: request.method === 'GET' ? found(request.url) : resource,
    }));
    return Response.json({ resourceType: 'Bundle', entry: answers });
  };
}
