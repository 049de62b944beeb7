import type { Action } from '../../functions/domain/case/work.ts';

/** The part of a case that its actions need. */
export interface ActionableCase {
  patientId: string;
  version: string;
  actions: readonly Action[];
}
