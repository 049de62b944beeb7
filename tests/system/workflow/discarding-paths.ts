/** Paths on which a draft is discarded. */
import { DAY } from '../../../local/demo/case.ts';
import { chart, oldDocumentOf, person, pinOf } from '../../support/harness/charts.ts';
import { leavesRoutedDraft, type Path, REGENERATED } from './path.ts';

/** Patient → the document that staff signed by hand. */
const byHand = new Map<string, string>();

export const PATHS: readonly Path[] = [
  {
    name: 'a draft of an earlier cycle is discarded, then the PIN is regenerated',
    chart: (patientId, now) => chart(patientId, now, 70),
    yesterday: leavesRoutedDraft,
    overnight: async ({ platform }, patientId) => {
      const at = platform.clock.now() - 31 * DAY;
      await platform.ehr.staff.signPinByHand(patientId, { pin: pinOf(patientId, 1), at });
    },
    expected: () => REGENERATED,
    through: ['CheckExpiry', 'DiscardDraft', 'RegeneratePin', 'SignDocument', 'SendEnrollmentNotification'],
  },
  {
    name: 'the draft of a registered patient is discarded',
    chart: (patientId, now) => chart(patientId, now, 31),
    yesterday: leavesRoutedDraft,
    overnight: ({ platform }, patientId) => platform.ehr.staff.write(person(patientId, { portalStatus: 'registered' })),
    expected: (patientId) => ({
      ending: { outcome: 'NOT_NEEDED', reason: 'ALREADY_REGISTERED' },
      live: { document: oldDocumentOf(patientId) },
      mails: 0,
      staffTasks: [],
      terminal: true,
      untracked: true,
    }),
    through: ['CheckExpiry', 'DiscardDraft'],
  },
  {
    name: 'staff sign a PIN by hand before ours is signed',
    chart: (patientId, now) => chart(patientId, now, 31),
    today: (practice, patientId, day) => {
      if (day > 0) return;
      const { ehr } = practice.platform;
      let isSigned = false;
      practice.journey(patientId).beforeStep = async (step) => {
        if (step !== 'SignDocument' || isSigned) return;
        isSigned = true;
        const { documentId } = await ehr.staff.signPinByHand(patientId, { pin: pinOf(patientId, 1) });
        byHand.set(patientId, documentId);
      };
    },
    expected: (patientId) => {
      const document = byHand.get(patientId);
      // If the day failed before SignDocument, staff signed nothing, and the next day was an ordinary one.
      return document === undefined
        ? REGENERATED
        : {
            ending: { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
            live: { document },
            mails: 0,
            staffTasks: [],
          };
    },
    through: ['CheckExpiry', 'RegeneratePin', 'ClearRouting', 'SignDocument', 'DiscardDraft'],
  },
];
