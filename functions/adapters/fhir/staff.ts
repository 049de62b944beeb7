/** What the chart asks of staff: Tasks for the front desk. */
import type { Task } from 'fhir/r4';
import { EhrConflictError } from '../../domain/errors.ts';
import { staffTaskIdentifier } from '../../domain/identity.ts';
import type { AsRead, StaffTaskOrder } from '../../ports/ehr/ehr.ts';
import { changed } from './chart-update/change.ts';
import type { FhirClient } from './client/client.ts';
import { asReadOf, type Resource } from './client/resource.ts';
import { isMatch, type Search } from './client/search.ts';
import { FRONT_DESK, OPEN_TASK, STAFF_TASK_IDENTIFIER, STAFF_TASK_SYSTEM } from './codes.ts';
import { keepOne } from './keep-one.ts';
import { withId } from './read/pin-document.ts';

function openTasksOf(order: StaffTaskOrder): Search {
  const value = staffTaskIdentifier(order.patientId, order.code, order.reason);
  return { type: 'Task', where: { identifier: [{ system: STAFF_TASK_IDENTIFIER, value }], status: OPEN_TASK } };
}

function tasksIn(resources: readonly Resource[]): AsRead[] {
  return withId(resources, 'Task').map(({ resource, id }) => asReadOf(resource, id));
}

/** One Task, also where several callers open it at once. It never focuses the document: that would route it (P10). */
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
  await keepOne(fhir, tasksIn(await fhir.createUnlessFound(task, openTasksOf(order))));
}

/** EhrConflictError (retried) where the front desk changed the Task meanwhile and left it open. */
export async function closeStaffTask(fhir: FhirClient, order: StaffTaskOrder): Promise<void> {
  const search = openTasksOf(order);
  for (const task of tasksIn(await fhir.search(search))) {
    try {
      await fhir.replace(changed(task, { status: 'completed' } satisfies Partial<Task>));
    } catch (error) {
      if (!(error instanceof EhrConflictError)) throw error;
      const now = await fhir.read({ type: 'Task', id: task.id });
      if (now !== null && isMatch(search, now, fhir.base)) throw error;
    }
  }
}
