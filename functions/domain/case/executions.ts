/** What executions and their machines are called. */

/** The state machines, by the names of their ASL files. */
export const MACHINES = ['regenerate-pin', 'sweep-expiring-pins', 'discover-pins'] as const;
export type MachineName = (typeof MACHINES)[number];

/** As in Step Functions, without PENDING_REDRIVE: AWS's redrive is not used. */
export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];
