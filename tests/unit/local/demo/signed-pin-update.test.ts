import { describe, expect, it } from 'vitest';
import { CYCLE_IDENTIFIER, DEVICE_IDENTIFIER } from '../../../../functions/adapters/fhir/codes.ts';
import { signedPinUpdate } from '../../../../local/demo/signed-pin-update.ts';

const order = {
  patient: 'p1',
  pin: 'B122900125',
  signedAt: Date.parse('2026-10-01T12:00:00Z'),
  provider: 'Practitioner/d1',
  location: 'Organization/o1',
};

describe('signedPinUpdate', () => {
  it('carries all that P4 demands', () => {
    const { document } = signedPinUpdate({ ...order, visit: 'Encounter/v1' });
    expect(document).toMatchObject({
      status: 'current',
      docStatus: 'final',
      type: { coding: [{ code: 'portal-pin-generator' }] },
      category: [{ coding: [{ code: 'eform' }] }],
      securityLabel: [{ coding: [{ code: 'N' }] }],
      subject: { reference: 'Patient/p1' },
      date: '2026-10-01T12:00:00Z',
      author: [{ reference: 'Practitioner/d1' }],
      custodian: { reference: 'Organization/o1' },
      description: 'Patient Portal Pin',
      context: {
        encounter: [{ reference: 'Encounter/p1-pin-1-update' }],
        period: { start: '2026-10-01T11:55:00Z' },
        related: [{ reference: 'Encounter/v1' }],
      },
    });
  });

  it('has a completed form with a PIN active for 30 days, in an ended update', () => {
    const { form, encounter } = signedPinUpdate(order);
    expect(form).toMatchObject({ status: 'completed', encounter: { reference: `Encounter/${encounter.id}` } });
    expect(form.item?.map(({ linkId, answer }) => [linkId, answer?.[0]])).toEqual([
      ['activation-status', { valueString: 'Active' }],
      ['pin', { valueString: 'B122900125' }],
      ['expires-on', { valueDateTime: '2026-10-31T12:00:00Z' }],
    ]);
    expect(encounter).toMatchObject({
      status: 'finished',
      class: { code: 'VR' },
      period: { end: '2026-10-01T12:00:00Z' },
    });
  });

  it('made by hand has no identifier, and its provider signed it', () => {
    const { document, form, encounter } = signedPinUpdate(order);
    expect([document.identifier, form.identifier, encounter.identifier]).toEqual([undefined, undefined, undefined]);
    expect(document.authenticator).toEqual({ reference: 'Practitioner/d1' });
  });

  it('of ours has the cycle identifier on all three, and the Device signed it', () => {
    const { document, form, encounter } = signedPinUpdate({ ...order, ours: 'c1' });
    const identifier = { system: CYCLE_IDENTIFIER, value: 'c1' };
    expect([document.identifier, form.identifier, encounter.identifier]).toEqual([
      [identifier],
      identifier,
      [identifier],
    ]);
    expect(document.authenticator).toEqual({ type: 'Device', identifier: DEVICE_IDENTIFIER });
  });

  it('replaces an earlier one, and is superseded by a later', () => {
    const { document } = signedPinUpdate({ ...order, sequence: 2, replaces: 'p1-pin-1', superseded: true });
    expect(document).toMatchObject({
      id: 'p1-pin-2',
      status: 'superseded',
      docStatus: 'final',
      relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/p1-pin-1' } }],
    });
  });

  it('leaves out what is not known', () => {
    const { document, encounter } = signedPinUpdate({ ...order, signedAt: null, location: null });
    expect(document).not.toHaveProperty('date');
    expect(document).not.toHaveProperty('custodian');
    expect(encounter).not.toHaveProperty('serviceProvider');
  });
});
