/** What people do in the year: patients, the front desk, and the EHR that tells of it, or forgets to. */
import type { ContactPoint, FhirResource, Patient } from 'fhir/r4';
import { EXTENSION } from '../../../functions/adapters/fhir/codes.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { regenerate, release, resend } from '../../../functions/usecases/staff/decisions.ts';
import { DAY } from '../../../local/demo/case.ts';
import { email } from '../../../local/demo/chart-builders.ts';
import { FAMILY_DOCTORS, PRIMARY_CARE } from '../../../local/demo/directory.ts';
import { resourcesOf, signedPinUpdate, syntheticPin } from '../../../local/demo/signed-pin-update.ts';
import { person } from '../../support/harness/charts.ts';
import { between } from './chance.ts';
import { firstAddressOf, type Life, laterAddress } from './lives.ts';
import type { Practice } from './practice.ts';

/** How often the EHR tells of what happened in it; of the rest the product learns when it looks. */
const TOLD_SHARE = 0.75;

/** The chart of a patient on the first day; with the PIN, if it was there before. */
export function firstChart(life: Life, now: number): FhirResource[] {
  const patient = person(life.id, {
    telecom: telecomOf(life),
    generalPractitioner: FAMILY_DOCTORS.slice(0, life.doctors),
  });
  if (life.firstPinDay >= 0) return [patient];
  const update = signedPinUpdate({
    patient: life.id,
    pin: syntheticPin(life.n),
    // Some hour of that day.
    signedAt: now + life.firstPinDay * DAY + (life.n % 24) * (DAY / 24),
    provider: FAMILY_DOCTORS[0],
    location: PRIMARY_CARE,
  });
  return [patient, ...resourcesOf(update)];
}

function telecomOf(life: Life): ContactPoint[] {
  const address = firstAddressOf(life);
  if (address !== null) return [email(address, { undeliverable: life.firstAddress === 'marked undeliverable' })];
  return life.firstAddress === 'none' ? [] : [email('asks at next visit')];
}

const portalStatus = (valueCode: string): Partial<Patient> => ({
  extension: [{ url: EXTENSION.portalStatus, valueCode }],
});
const statusOf = ({ extension }: Patient) => extension?.find(({ url }) => url === EXTENSION.portalStatus)?.valueCode;

/** Whether the portal is for the patient, as the front desk sees it. */
function wants(patient: Patient): boolean {
  const isHere = patient.active !== false && patient.deceasedBoolean !== true && patient.link === undefined;
  return isHere && statusOf(patient) !== 'opted-out' && statusOf(patient) !== 'registered';
}

export interface People {
  issueFirstPin(life: Life): Promise<void>;
  tellOfPin(life: Life): Promise<void>;
  /** With the PIN the patient heard of at `learntAt`, if it still lives. */
  register(id: string, learntAt: number): Promise<void>;
  leave(life: Life): Promise<void>;
  comeBack(life: Life): Promise<void>;
  askForNewPin(life: Life): Promise<void>;
  signByHand(life: Life): Promise<void>;
  enterAddress(life: Life): Promise<void>;
  enterProvider(life: Life): Promise<void>;
  /** Ends a hold by a limit. */
  releaseHold(id: string): Promise<void>;
  /** Sends once more what may not have arrived. */
  resendMail(id: string): Promise<void>;
}

export function createPeople(practice: Practice): People {
  const { chance, ports } = practice;
  const isTold = (id: string, what: string) => chance('told', what, id) < TOLD_SHARE;
  const at = () => toInstant(practice.now());
  const decided = (patientId: string) => ({ patientId, actor: 'front-desk', reason: 'As the year has it.' });

  return {
    async issueFirstPin({ id, firstPinDay }) {
      if (!wants(await practice.patient(id))) return;
      // Some time since the morning before.
      const hoursAgo = between(chance('hour', id), 0, 20);
      await practice.signByHand(id, practice.now() - (firstPinDay === 0 ? 0 : hoursAgo) * (DAY / 24));
    },
    tellOfPin: ({ id }) => practice.tellOf('pin.issued', id),
    async register(id, learntAt) {
      const pin = await practice.livePin(id);
      const signedAt = Date.parse(pin?.date ?? '');
      // A PIN that another replaced, or that has expired, opens nothing.
      if (!(signedAt <= learntAt) || practice.now() >= signedAt + 30 * DAY) return;
      if (!wants(await practice.patient(id))) return;
      await practice.change(id, () => portalStatus('registered'));
      if (isTold(id, 'registration')) await practice.tellOf('portal.registered', id);
    },
    async leave({ id, leaves, n }) {
      if (!wants(await practice.patient(id))) return;
      const change = { dies: 'deceased', 'is merged': 'merged', 'becomes inactive': 'inactive', 'opts out': null }[
        leaves?.how ?? 'dies'
      ] as 'deceased' | 'merged' | 'inactive' | null;
      const other = `Patient/year-${String(n === 1 ? 2 : 1).padStart(5, '0')}`;
      await practice.change(id, () => {
        if (change === 'deceased') return { deceasedBoolean: true };
        if (change === 'inactive') return { active: false };
        if (change === 'merged') return { link: [{ other: { reference: other }, type: 'replaced-by' }] };
        return portalStatus('opted-out');
      });
      if (!isTold(id, 'leaving')) return;
      if (change === null) return practice.tellOf('patient.opted_out', id);
      await practice.tell({ type: 'patient.updated', timestamp: at(), data: { patientId: id, change } });
    },
    async comeBack({ id }) {
      if (statusOf(await practice.patient(id)) !== 'opted-out') return;
      await practice.change(id, () => portalStatus('not-enrolled'));
      await practice.signByHand(id);
      await practice.tellOf('pin.issued', id);
    },
    async askForNewPin({ id }) {
      if (!wants(await practice.patient(id)) || !(await practice.livePin(id))) return;
      const asking = { actor: 'nurse', reason: 'The patient lost it.' };
      if (chance('asks by EHR', id) < 0.5) {
        const data = { patientId: id, ...asking, force: true };
        await practice.tell({ type: 'pin.regeneration_requested', timestamp: at(), data });
      } else await practice.decide(id, 'regenerate', () => regenerate(ports, { patientId: id, ...asking }));
    },
    async signByHand({ id }) {
      if (!wants(await practice.patient(id)) || !(await practice.livePin(id))) return;
      await practice.signByHand(id);
      if (isTold(id, 'by hand')) await practice.tellOf('pin.issued', id);
    },
    async enterAddress({ id }) {
      if (!wants(await practice.patient(id))) return;
      await practice.change(id, () => ({ telecom: [email(laterAddress(id))] }));
      if (isTold(id, 'address')) await practice.tellOf('patient.email_changed', id);
    },
    async enterProvider({ id }) {
      if (!wants(await practice.patient(id))) return;
      await practice.change(id, () => ({ generalPractitioner: [{ reference: FAMILY_DOCTORS[0] }] }));
      if (!isTold(id, 'provider')) return;
      await practice.tell({ type: 'patient.updated', timestamp: at(), data: { patientId: id, change: 'provider' } });
    },
    async releaseHold(id) {
      if (wants(await practice.patient(id))) await practice.decide(id, 'release', () => release(ports, decided(id)));
    },
    async resendMail(id) {
      if (wants(await practice.patient(id))) await practice.decide(id, 'resend', () => resend(ports, decided(id)));
    },
  };
}
