/** The ports over the EHR's FHIR API. Each carries only the part of the adapter that its name says. */

import { readSecret } from '../../adapters/aws/secrets-manager.ts';
import { createFhirEhr } from '../../adapters/fhir/ehr.ts';
import { createFhirFrontDesk, type FrontDeskOptions } from '../../adapters/fhir/front-desk.ts';
import { createFhirPickupChart } from '../../adapters/fhir/pickup.ts';
import { createFhirPinReader } from '../../adapters/fhir/pin-reader.ts';
import { createSmartAuthorization } from '../../adapters/smart/smart-authorization.ts';
import type { Ehr, FrontDesk, PickupAudit, PickupChart, PinReader } from '../../ports/ehr/ehr.ts';
import type { Call } from '../call.ts';
import { clock, realTime } from '../clock.ts';
import { logAudit } from '../logger.ts';
import { secretsManager } from './clients.ts';
import { once } from './once.ts';
import { random } from './practice.ts';

type EhrCall = Call<'ehrBaseUrl' | 'ehrClientId' | 'ehrScopes' | 'ehrKeySecretArn'>;

/** One for the process: it keeps the token and the key that signs for it. */
const authorization = /* @__PURE__ */ once((config: EhrCall['config']) =>
  createSmartAuthorization({
    baseUrl: config.ehrBaseUrl,
    clientId: config.ehrClientId,
    scopes: config.ehrScopes,
    readKey: (signal) => readSecret({ client: secretsManager(), arn: config.ehrKeySecretArn, signal }),
    now: realTime,
    newId: random().newId,
  }),
);

function fhirOptions({ config, signal }: EhrCall): FrontDeskOptions {
  const authorize = authorization(config);
  return {
    baseUrl: config.ehrBaseUrl,
    authorization: (refused) => authorize(signal, refused),
    signal,
    clock: clock(),
  };
}

export function ehr(call: EhrCall): Ehr {
  return createFhirEhr(fhirOptions(call));
}

/** Reads alone: 11 KB less in a bundle than `ehr`. */
export function pinReader(call: EhrCall): PinReader {
  return createFhirPinReader(fhirOptions(call));
}

export function frontDesk(call: EhrCall): FrontDesk {
  return createFhirFrontDesk(fhirOptions(call));
}

export function pickupChart(call: EhrCall): PickupChart {
  const auditRefused = ({ patientId, document, what }: PickupAudit, code: string) =>
    logAudit({ patientId, document, outcome: what, code });
  return createFhirPickupChart({ ...fhirOptions(call), auditRefused });
}
