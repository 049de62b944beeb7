/** Loads a practice into an external server through its FHIR API. The server assigns the ids. */
import type { Bundle, FhirResource } from 'fhir/r4';
import * as z from 'zod';
import { isStepError } from '../../functions/domain/errors.ts';
import { withReferences } from '../load/practice-references.ts';
import { type ExternalEhr, ExternalEhrError } from './external-ehr.ts';
import { type Identified, loadOrder, pathOf } from './load-order.ts';

/** Entries of one transaction; a group of references in a circle is never split. Azure's server takes 500. */
const AT_ONCE = 100;

const transactionResponse = z.object({
  entry: z.array(z.object({ response: z.object({ status: z.string(), location: z.string().optional() }) })),
});
const outcome = z.object({
  issue: z.array(z.object({ code: z.string(), diagnostics: z.string().optional() })).default([]),
});

/**
 * Creates every resource, in transactions. Nothing that the server holds already is changed: loading a practice
 * twice has it twice.
 * @returns the server's `Type/id` by the practice's own
 * @throws ExternalEhrError when a transaction fails; what earlier transactions created stays
 */
export async function loadThroughApi(ehr: ExternalEhr, bundles: readonly Bundle[]): Promise<Map<string, string>> {
  const resources = bundles.flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => identified(resource)));
  const created = new Map<string, string>();
  let transaction: Identified[] = [];
  for (const group of loadOrder(resources)) {
    if (transaction.length > 0 && transaction.length + group.length > AT_ONCE) {
      await create(ehr, transaction, created);
      transaction = [];
    }
    transaction.push(...group);
  }
  if (transaction.length > 0) await create(ehr, transaction, created);
  return created;
}

function identified(resource: FhirResource | undefined): Identified[] {
  return resource?.id === undefined ? [] : [{ ...resource, id: resource.id }];
}

async function create(ehr: ExternalEhr, resources: readonly Identified[], created: Map<string, string>): Promise<void> {
  const urns = new Map(resources.map((resource) => [pathOf(resource), `urn:uuid:${crypto.randomUUID()}`]));
  const entry = resources.map((resource) => {
    const { id: _id, meta, ...content } = resource;
    const { versionId: _versionId, lastUpdated: _lastUpdated, ...kept } = meta ?? {};
    const body = { ...content, ...(Object.keys(kept).length > 0 && { meta: kept }) };
    return {
      fullUrl: urns.get(pathOf(resource)),
      resource: withReferences(body, (reference) => urns.get(reference) ?? created.get(reference) ?? reference),
      request: { method: 'POST', url: resource.resourceType },
    };
  });
  const response = await ehr
    .send({
      method: 'POST',
      path: '',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
    })
    .catch((error: unknown) => {
      if (isStepError(error)) throw notAllowed(ehr, error.code);
      const name = error instanceof Error ? error.name : 'error';
      throw new ExternalEhrError(`The practice is not loaded completely: ${ehr.baseUrl} gave no answer (${name}).`);
    });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw notLoaded(ehr, response.status, body);
  const answer = transactionResponse.safeParse(body);
  for (const [n, resource] of resources.entries()) {
    const { resourceType } = resource;
    const location = answer.data?.entry[n]?.response.location ?? '';
    const [, id] = new RegExp(`(?:^|/)${resourceType}/([A-Za-z0-9.-]{1,64})(?:/_history/|$)`).exec(location) ?? [];
    if (id === undefined) {
      throw new ExternalEhrError(`${ehr.baseUrl} does not tell the id of the ${resourceType} that it created.`);
    }
    created.set(pathOf(resource), `${resourceType}/${id}`);
  }
}

function notAllowed({ baseUrl }: Pick<ExternalEhr, 'baseUrl'>, code: string): ExternalEhrError {
  return new ExternalEhrError(
    `${baseUrl} does not let the practice be created (${code}): the client needs scopes such as system/Patient.c.`,
  );
}

/** Codes and message numbers alone: a server's text may quote the chart. */
function notLoaded({ baseUrl }: ExternalEhr, status: number, body: unknown): ExternalEhrError {
  const issues = outcome.safeParse(body).data?.issue ?? [];
  const codes = issues.flatMap(({ code, diagnostics }) => [code, /\bHAPI-\d{4}\b/.exec(diagnostics ?? '')?.[0] ?? []]);
  const shown = [`HTTP ${status}`, ...new Set(codes.flat())].join(', ');
  if (status === 401 || status === 403) return notAllowed({ baseUrl }, shown);
  return new ExternalEhrError(
    `${baseUrl} does not take the practice (${shown}): every reference must name a resource of the practice or of the server.`,
  );
}
