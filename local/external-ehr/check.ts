/** Whether an external server can be worked with: FHIR R4, and a token that it takes. */
import * as z from 'zod';
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import { isStepError } from '../../functions/domain/errors.ts';
import { type ExternalEhr, ExternalEhrError } from './external-ehr.ts';

const capabilityStatement = z.object({ resourceType: z.literal('CapabilityStatement'), fhirVersion: z.string() });
const searchset = z.object({
  resourceType: z.literal('Bundle'),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).default([]),
});

/** Types that the adapter searches, so that a search shows whether the token may. */
const SEARCHED = SCOPES.flatMap((scope) => /^system\/(\w+)\.\w*s$/.exec(scope)?.[1] ?? []);

/**
 * Asks for the server's CapabilityStatement, for a token, and for one page of every type that is searched.
 * @returns the base URL by which the server knows itself; it differs from the given one behind a proxy
 * @throws ExternalEhrError with the reason: unreachable, no FHIR, not R4, token refused, scopes missing
 */
export async function checkExternalEhr(ehr: ExternalEhr): Promise<string> {
  await checkVersion(ehr);
  const first = await ask(ehr, 'Patient?_count=1');
  if (first.status === 401 || first.status === 403) {
    throw new ExternalEhrError(
      `${ehr.baseUrl} refuses the request for patients (HTTP ${first.status}): check the token, its scopes, and --ehr-client or --ehr-token-file.`,
    );
  }
  const searches = SEARCHED.filter((type) => type !== 'Patient').map(async (type) => {
    const { status } = await ask(ehr, `${type}?_count=1`);
    return status === 401 || status === 403 ? [`system/${type}.s`] : [];
  });
  const missing = (await Promise.all(searches)).flat();
  if (missing.length > 0) {
    throw new ExternalEhrError(`The token for ${ehr.baseUrl} lacks scopes: ${missing.join(', ')}.`);
  }
  return ownBase(await first.json().catch(() => null)) ?? ehr.baseUrl;
}

async function checkVersion(ehr: ExternalEhr): Promise<void> {
  const response = await ask(ehr, 'metadata');
  const statement = capabilityStatement.safeParse(await response.json().catch(() => null));
  if (!response.ok || !statement.success) {
    throw new ExternalEhrError(
      `${ehr.baseUrl} is no FHIR server: its /metadata is no CapabilityStatement (HTTP ${response.status}). Give --ehr the FHIR base URL.`,
    );
  }
  const { fhirVersion } = statement.data;
  if (/^4\.0(\.|$)/.test(fhirVersion)) return;
  const shown = /^[\w.-]{1,20}$/.test(fhirVersion) ? fhirVersion : 'of another version';
  throw new ExternalEhrError(`${ehr.baseUrl} speaks FHIR ${shown}; Portal PIN needs R4 (4.0.1).`);
}

async function ask(ehr: ExternalEhr, path: string): Promise<Response> {
  try {
    return await ehr.send({ method: 'GET', path });
  } catch (error) {
    throw refusedToken(ehr, error) ?? unreachable(ehr, error);
  }
}

/** The SMART client names what the authorization server said. */
function refusedToken({ baseUrl }: ExternalEhr, error: unknown): ExternalEhrError | null {
  if (!isStepError(error)) return null;
  return new ExternalEhrError(
    `No token for ${baseUrl} (${error.code}): check the client id, its registered key and its scopes.`,
  );
}

function unreachable({ baseUrl }: ExternalEhr, error: unknown): ExternalEhrError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : cause instanceof Error ? cause.name : 'error';
  return new ExternalEhrError(`${baseUrl} cannot be reached (${code}): check the address and the network.`);
}

/** From a search's self link, `<base>/Patient?…`. */
function ownBase(body: unknown): string | null {
  const found = searchset.safeParse(body);
  const self = found.data?.link.find(({ relation }) => relation === 'self')?.url;
  const [, base] = /^(https?:\/\/.+?)\/Patient(?:[/?]|$)/.exec(self ?? '') ?? [];
  return base ?? null;
}
