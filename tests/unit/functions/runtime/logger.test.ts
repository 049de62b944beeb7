import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LogFields, logAudit, logStep } from '../../../../functions/runtime/logger.ts';

const CANARY = 'Q987654321';
let lines: string[];
beforeEach(() => {
  lines = [];
  // Powertools writes to the process's streams, past the console that a test would see.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
});
afterEach(() => vi.restoreAllMocks());

it('writes every field that is allowed', () => {
  const fields: Required<LogFields> = {
    step: 'SignDocument',
    operation: 'readPatient',
    execution: 'x1',
    patientId: 'p1',
    document: 'd1',
    due: 'REGENERATE',
    reason: 'CYCLE_LIMIT',
    outcome: 'HELD',
    error: 'EhrRejectedError',
    code: 'HTTP_422',
    at: 'index.js:1:20345',
    milliseconds: 12,
  };
  logStep('step failed', fields);
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({ ...fields, message: 'step failed', level: 'WARN' });
});

it('writes no other field, from any caller', () => {
  const smuggled = {
    step: 'SignDocument',
    pin: CANARY,
    email: CANARY,
    cause: new Error(CANARY),
    request: { body: CANARY },
    STEP: CANARY,
    // What Powertools itself would write.
    xray_trace_id: CANARY,
    function_name: CANARY,
  };
  logStep('step ended', smuggled);
  logStep('step failed', smuggled);
  expect(lines).toHaveLength(2);
  expect(lines.join()).not.toContain(CANARY);
  for (const line of lines) {
    expect(Object.keys(JSON.parse(line)).toSorted()).toEqual(['level', 'message', 'step', 'timestamp']);
  }
});

it('writes an event of the audit trail that the EHR did not take', () => {
  const fields = { patientId: 'p1', document: 'd1', outcome: 'VIEWED', code: 'HTTP_405_not-supported' };
  logAudit({ ...fields, ...{ pin: CANARY } });
  const line = JSON.parse(lines[0] ?? '');
  const always = { level: 'INFO', message: 'audit event', step: 'PickUp', timestamp: expect.any(String) };
  expect(line).toEqual({ ...always, ...fields });
});
