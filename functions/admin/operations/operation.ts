/** Performs an operation of the contract: a function of ports, request and caller. */
import type * as z from 'zod/mini';
import type { SweepRecords } from '../../ports/batch/sweep-records.ts';
import type { ExecutionReader } from '../../ports/case/executions.ts';
import type { Policy } from '../../runtime/policy.ts';
import type { ActPorts } from '../../usecases/staff/act-on-case.ts';
import type { ListPorts } from '../../usecases/staff/list-cases.ts';
import type { OncePorts } from '../../usecases/staff/once.ts';
import type { StartSweepPorts } from '../../usecases/staff/steer-practice.ts';
import type { Caller } from '../caller.ts';
import type { AnswerOf, OPERATIONS, OperationName } from '../contract.ts';

export type AdminPorts = ActPorts &
  ListPorts &
  StartSweepPorts &
  OncePorts & { sweeps: SweepRecords; reader: ExecutionReader; practice: Policy };

type Schema<Name extends OperationName, Part extends string> = (typeof OPERATIONS)[Name] extends {
  [Key in Part]: infer Read extends z.ZodMiniType;
}
  ? z.infer<Read>
  : Record<string, never>;

export interface RequestOf<Name extends OperationName> {
  parameters: Record<string, string>;
  query: Schema<Name, 'query'>;
  body: Schema<Name, 'body'>;
  /** Of what is done: the same one when it is repeated. Empty where nothing is. */
  id: string;
  caller: Caller;
}

export type Perform<Name extends OperationName> = (
  ports: AdminPorts,
  asked: RequestOf<Name>,
) => Promise<AnswerOf<Name>>;
