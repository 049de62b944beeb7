/** Paths on which the PIN is regenerated and the patient told. */
import { chart } from '../../support/harness/charts.ts';
import { isSigning, type Path, REGENERATED, stopsAt } from './path.ts';

export const PATHS: readonly Path[] = [
  {
    name: 'an expired PIN is regenerated',
    chart: (patientId, now) => chart(patientId, now, 31),
    expected: () => REGENERATED,
    through: [
      'VerifyEmail',
      'CheckExpiry',
      'RegeneratePin',
      'ClearRouting',
      'SignDocument',
      'SendEnrollmentNotification',
    ],
  },
  {
    name: 'an owed message is sent',
    chart: (patientId, now) => chart(patientId, now, 31),
    yesterday: (practice, patientId) =>
      stopsAt(practice, patientId, ({ step }) => step === 'SendEnrollmentNotification'),
    expected: () => REGENERATED,
    through: ['CheckExpiry', 'SendEnrollmentNotification'],
  },
  {
    name: 'a signing is completed after its answer and its execution were lost',
    chart: (patientId, now) => chart(patientId, now, 31),
    yesterday: (practice, patientId) => stopsAt(practice, patientId, isSigning),
    expected: () => REGENERATED,
    through: ['CheckExpiry', 'SendEnrollmentNotification'],
  },
];
