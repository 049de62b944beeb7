/** What the chart asks of people: Tasks for the front desk. */
import type { Task } from 'fhir/r4';
import { staffTaskIdentifier } from '../../domain/identity.ts';
import type { StaffTaskOrder } from '../../ports/ehr/ehr.ts';
import type { FhirClient } from './client.ts';
import { FRONT_DESK, OPEN_TASK, STAFF_TASK_IDENTIFIER, STAFF_TASK_SYSTEM } from './codes.ts';
import { askedFor, ofType } from './read.ts';

function openTaskQuery(order: StaffTaskOrder): string {
  const identifier = staffTaskIdentifier(order.patientId, order.code, order.reason);
  return `identifier=${STAFF_TASK_IDENTIFIER}|${identifier}&status=${OPEN_TASK}`;
}

/** Never focuses the document: that would put it on a desk (P10). */
export async function openStaffTask(fhir: FhirClient, order: StaffTaskOrder, authoredOn: string): Promise<void> {
  const task: Task = {
    resourceType: 'Task',
    identifier: [
      { system: STAFF_TASK_IDENTIFIER, value: staffTaskIdentifier(order.patientId, order.code, order.reason) },
    ],
    status: 'requested',
    intent: 'order',
    priority: 'routine',
    code: { coding: [{ system: STAFF_TASK_SYSTEM, code: order.code }] },
    reasonCode: { text: order.reason },
    for: { reference: `Patient/${order.patientId}` },
    authoredOn,
    performerType: [{ coding: [FRONT_DESK] }],
  };
  await fhir.createIfNone(task, openTaskQuery(order));
}

export async function closeStaffTask(fhir: FhirClient, order: StaffTaskOrder): Promise<void> {
  const value = staffTaskIdentifier(order.patientId, order.code, order.reason);
  const isThis = (task: Task) => task.identifier?.some((each) => each.value === value) ?? false;
  const open = askedFor(ofType(await fhir.search(`Task?${openTaskQuery(order)}`), 'Task'), isThis);
  for (const task of open) {
    await fhir.patch(`Task/${task.id}`, [
      { op: 'test', path: '/status', value: task.status },
      { op: 'replace', path: '/status', value: 'completed' },
    ]);
  }
}
