import type { Action } from '../../domain/case/work.ts';
import type { Instant } from '../../domain/time/instant.ts';

/** A request by staff or by the patient: the action, the requester and the reason. */
export interface StaffRequest {
  id: string;
  patientId: string;
  action: Action;
  actor: string;
  reason: string;
  at: Instant;
}

/** AwsUnavailableError is retried. */
export interface StaffRequests {
  /** Stores a request once per patient and id: the first one stays. */
  put(request: StaffRequest): Promise<void>;
  read(patientId: string, id: string): Promise<StaffRequest | null>;
}
