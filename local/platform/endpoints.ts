import { REGION, TABLE } from '../settings/environment.ts';

/** The content of `.local/endpoints.json` (a contract): base URLs, and the AWS names of what they serve. */
export interface Endpoints {
  console: string;
  api: string;
  webhooks: string;
  /** Signs webhooks for this platform alone, as long as its data are kept: `whsec_…`. */
  webhookSecret: string;
  fhir: string;
  /** A complete header value for reading the chart by hand while the platform runs. */
  fhirAuthorization: string;
  stepfunctions: string;
  dynamodb: string;
  ses: string;
  mailbox: string;
  /** A link in a mail is this, a slash and a token. */
  pickup: string;
  clock: string;
  stateMachines: Record<string, string>;
  table: string;
  region: string;
}

/** @param url base URL of the gateway */
export function endpointsOf(
  url: string,
  known: Pick<Endpoints, 'fhirAuthorization' | 'stateMachines' | 'webhookSecret'>,
): Endpoints {
  return {
    console: `${url}/console`,
    api: `${url}/api`,
    webhooks: `${url}/webhooks`,
    webhookSecret: known.webhookSecret,
    fhir: `${url}/fhir`,
    fhirAuthorization: known.fhirAuthorization,
    stepfunctions: `${url}/stepfunctions`,
    dynamodb: `${url}/dynamodb`,
    ses: `${url}/ses`,
    mailbox: `${url}/mailbox`,
    pickup: `${url}/pickup`,
    clock: `${url}/clock`,
    stateMachines: { ...known.stateMachines },
    table: TABLE,
    region: REGION,
  };
}
