import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PickupAudit } from '../../../../../functions/ports/ehr/ehr.ts';
import {
  CALLS,
  ehrAt,
  json,
  type Script,
  type ScriptedEhr,
  scriptedEhr,
  thrownBy,
} from '../../../../support/scripted/scripted-ehr.ts';

const CANARY = 'Q987654321';
let ehr: ScriptedEhr;
beforeAll(async () => {
  ehr = await scriptedEhr();
});
afterAll(() => ehr.close());

const outcome = (code: string) => ({ resourceType: 'OperationOutcome', issue: [{ code, diagnostics: CANARY }] });

describe('audit, by an EHR that keeps no AuditEvent', () => {
  const told: [PickupAudit, string][] = [];
  const audit = (script: Script) => {
    told.length = 0;
    ehr.answer(script);
    return CALLS.audit(ehrAt(ehr.url, undefined, undefined, (event, code) => void told.push([event, code])));
  };
  it.each<[string, Script, string]>([
    ['405', json(405, outcome('not-supported')), 'HTTP_405_not-supported'],
    ['405 without a body', json(405, {}), 'HTTP_405'],
    ['404 of an unknown type', json(404, outcome('processing')), 'HTTP_404_processing'],
    ['400 that says not-supported', json(400, outcome('not-supported')), 'HTTP_400_not-supported'],
    ['501', json(501, outcome('not-supported')), 'HTTP_501_not-supported'],
  ])('%s: the event goes to the audit log', async (_case, script, code) => {
    await expect(audit(script)).resolves.toBeUndefined();
    const event = { patientId: 'p1', document: 'd1', what: 'VIEWED', at: '2026-06-15T12:00:00Z' };
    expect(told).toEqual([[event, code]]);
  });
  it.each<[string, Script, string]>([
    ['403, a scope that was not granted', json(403, outcome('forbidden')), 'EhrRejectedError'],
    ['404 of a gateway', json(404, { error: CANARY }), 'EhrRejectedError'],
    ['422', json(422, outcome('invalid')), 'EhrRejectedError'],
    ['500', json(500, outcome('exception')), 'EhrUnavailableError'],
    ['503', json(503, {}), 'EhrUnavailableError'],
  ])('%s: nothing is shown', async (_case, script, name) => {
    expect(await thrownBy(audit(script))).toMatchObject({ name });
    expect(told).toEqual([]);
  });
  it('takes the event: the audit log has none', async () => {
    await audit(json(201, { resourceType: 'AuditEvent', id: 'a1' }));
    expect(told).toEqual([]);
  });
});
