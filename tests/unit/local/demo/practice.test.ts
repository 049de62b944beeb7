import { fileURLToPath } from 'node:url';
import { validateResource } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import type { Bundle, DocumentReference, FhirResource, QuestionnaireResponse } from 'fhir/r4';
import { beforeAll, describe, expect, it } from 'vitest';
import { FORM_ITEM } from '../../../../functions/adapters/fhir/codes.ts';
import { isPin } from '../../../../functions/domain/chart/pin.ts';
import { OUTCOMES, REASONS } from '../../../../functions/domain/outcomes.ts';
import { readPolicy } from '../../../../functions/runtime/policy.ts';
import { CARDIOLOGY, PRIMARY_CARE, UNLISTED_OFFICE } from '../../../../local/demo/directory.ts';
import { largePractice } from '../../../../local/demo/large-practice.ts';
import { demoPractice } from '../../../../local/demo/practice.ts';
import { defineTypes, loadDefinitions } from '../../../../local/ehr/definitions.ts';
import { patientIdsOf } from '../../../../local/load/practice.ts';

const NOW = Date.parse('2026-11-22T21:40:00.500Z');
const DAY = 86_400_000;
const demo = demoPractice(NOW);

function resourcesIn(bundles: readonly Bundle[]): FhirResource[] {
  return bundles.flatMap((bundle) => (bundle.entry ?? []).flatMap((entry) => entry.resource ?? []));
}

function documentsIn(bundles: readonly Bundle[]): DocumentReference[] {
  return resourcesIn(bundles).filter((each) => each.resourceType === 'DocumentReference');
}

function pinsIn(bundles: readonly Bundle[]): string[] {
  const forms = resourcesIn(bundles).filter(
    (each): each is QuestionnaireResponse => each.resourceType === 'QuestionnaireResponse',
  );
  return forms.map((form) => form.item?.find((item) => item.linkId === FORM_ITEM.pin)?.answer?.[0]?.valueString ?? '');
}

/** References that no resource of the practice answers to. */
function danglingIn(bundles: readonly Bundle[]): string[] {
  const known = new Set(resourcesIn(bundles).map((each) => `${each.resourceType}/${each.id}`));
  const named = [...JSON.stringify(bundles).matchAll(/"reference":"([^"]+)"/g)].map((match) => match[1] ?? '');
  return named.filter((reference) => !known.has(reference));
}

function invalidIn(bundles: readonly Bundle[]): string[] {
  return resourcesIn(bundles).flatMap((resource) => {
    try {
      // Two libraries' types of the same FHIR resource.
      defineTypes(resource as Resource);
      validateResource(resource as Resource);
      return [];
    } catch (error) {
      return [`${resource.resourceType}/${resource.id}: ${error instanceof Error ? error.message : error}`];
    }
  });
}

/** Time of the processor, not of the clock: what else the machine does at the same time must fail no test. */
function cpuMilliseconds(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

beforeAll(loadDefinitions, 30_000);

describe('demo practice', () => {
  it('has 40 patients at least, and an expectation for each', () => {
    expect(patientIdsOf(demo.bundles)).toEqual(Object.keys(demo.expected));
    expect(patientIdsOf(demo.bundles).length).toBeGreaterThanOrEqual(40);
  });

  it('shows every outcome and every reason that a chart can bring about', () => {
    const endings = Object.values(demo.expected);
    expect(new Set(endings.map(({ outcome }) => outcome))).toEqual(new Set(OUTCOMES));
    const ofExecutions = ['IN_PROGRESS', 'ATTEMPTS_EXHAUSTED'];
    expect(new Set(endings.flatMap(({ reason }) => reason ?? []))).toEqual(
      new Set(REASONS.filter((reason) => !ofExecutions.includes(reason))),
    );
  });

  it('regenerates more often than it does anything else', () => {
    const counts = Object.values(Object.groupBy(Object.values(demo.expected), ({ outcome }) => outcome));
    expect(Math.max(...counts.map((group) => group.length))).toBe(
      Object.values(demo.expected).filter(({ outcome }) => outcome === 'REGENERATED').length,
    );
  });

  it('is valid FHIR R4', () => {
    expect(invalidIn(demo.bundles)).toEqual([]);
  });

  it('refers only to what it holds, each under one id', () => {
    expect(danglingIn(demo.bundles)).toEqual([]);
    const paths = resourcesIn(demo.bundles).map((each) => `${each.resourceType}/${each.id}`);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('is the same for the same time, and moves with it', () => {
    expect(JSON.stringify(demoPractice(NOW))).toBe(JSON.stringify(demo));
    const ages = (now: number) =>
      documentsIn(demoPractice(now).bundles).map(({ date }) => now - Date.parse(date ?? ''));
    expect(ages(NOW + 100 * DAY)).toEqual(ages(NOW));
  });

  it('has PINs exactly 30 days and one hour less than 30 days old', () => {
    const ages = documentsIn(demo.bundles).map(({ date }) => NOW - Date.parse(date ?? ''));
    // Signing instants are whole seconds, rounded down.
    expect(ages.filter((age) => age >= 30 * DAY && age < 30 * DAY + 1000)).toHaveLength(1);
    expect(ages.filter((age) => age < 30 * DAY && age >= 30 * DAY - 3_600_000)).toHaveLength(1);
  });

  it('gives every update a PIN of its own', () => {
    const pins = pinsIn(demo.bundles);
    expect(pins.filter((pin) => !isPin(pin))).toEqual([]);
    expect(new Set(pins).size).toBe(pins.length);
  });

  it('has ids that reveal no name', () => {
    const ids = resourcesIn(demo.bundles).map(({ id }) => id);
    expect(ids.filter((id) => !/^demo-[a-z0-9-]+$/.test(id ?? ''))).toEqual([]);
    const names =
      JSON.stringify(demo.bundles)
        .match(/"(?:family|given)":\[?"[^"]+"/g)
        ?.join(' ')
        .toLowerCase() ?? '';
    const words = new Set(ids.flatMap((id) => id?.match(/[a-z]{4,}/g) ?? []));
    expect([...words].filter((word) => names.includes(word))).toEqual([]);
  });

  it('is made while one blinks', () => {
    expect(cpuMilliseconds(() => demoPractice(NOW))).toBeLessThan(100);
  });
});

describe('demo policy', () => {
  it('fits the schema and lists two of the three offices', () => {
    const policy = readPolicy(fileURLToPath(new URL('../../../../local/demo/policy.json', import.meta.url)));
    expect(policy.locations).toEqual([
      { organization: PRIMARY_CARE, kind: 'primary-care' },
      { organization: CARDIOLOGY, kind: 'specialist' },
    ]);
    const offices = resourcesIn(demo.bundles).filter((each) => each.resourceType === 'Organization');
    expect(offices.map(({ id }) => `Organization/${id}`)).toEqual([PRIMARY_CARE, CARDIOLOGY, UNLISTED_OFFICE]);
  });
});

describe('large practice', () => {
  it('makes 10,000 patients within a second, each with a PIN of its own', () => {
    let bundles: Bundle[] = [];
    const spent = cpuMilliseconds(() => {
      bundles = largePractice(10_000, NOW);
    });
    expect(spent).toBeLessThan(1000);
    expect(new Set(patientIdsOf(bundles)).size).toBe(10_000);
    expect(new Set(pinsIn(bundles)).size).toBe(10_000);
    expect(pinsIn(bundles).every(isPin)).toBe(true);
  });

  it('has only charts that are due', () => {
    const bundles = largePractice(30, NOW);
    expect(invalidIn(bundles)).toEqual([]);
    expect(danglingIn(bundles)).toEqual([]);
    const dates = documentsIn(bundles).map(({ date }) => date);
    expect(dates).toEqual(Array(30).fill('2026-10-22T21:40:00Z'));
  });
});
