/** The part of the Ehr port that knows no PIN document, apart from it so that the steps which need no more carry no more. */
import { toInstant } from '../../domain/time/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FrontDesk } from '../../ports/ehr/ehr.ts';
import { createFhirClient, type FhirClient, type FhirOptions } from './client/client.ts';
import { fileMessage, noteFate } from './message.ts';
import { readPatient } from './read-patient.ts';
import { closeStaffTask, openStaffTask } from './staff.ts';

export type FrontDeskOptions = FhirOptions & { clock: Clock };

export function createFhirFrontDesk(options: FrontDeskOptions): FrontDesk {
  return frontDeskOf(createFhirClient(options), options.clock);
}

export function frontDeskOf(fhir: FhirClient, clock: Clock): FrontDesk {
  return {
    readPatient: (patientId) => readPatient(fhir, patientId),
    fileMessage: (message) => fileMessage(fhir, message),
    noteFate: (message, fate, receivedAt) => noteFate(fhir, message, fate, receivedAt),
    openStaffTask: (order) => openStaffTask(fhir, order, toInstant(clock.now())),
    closeStaffTask: (order) => closeStaffTask(fhir, order),
  };
}
