import { describe, expect, it } from 'vitest';
import { reportText } from '../../../../local/command/report.ts';
import type { Endpoints } from '../../../../local/platform/platform.ts';

const url = 'http://127.0.0.1:4600';
const endpoints: Endpoints = {
  console: `${url}/console`,
  api: `${url}/api`,
  webhooks: `${url}/webhooks`,
  fhir: `${url}/fhir`,
  fhirAuthorization: 'Bearer token',
  webhookSecret: 'whsec_secret',
  stepfunctions: `${url}/stepfunctions`,
  dynamodb: `${url}/dynamodb`,
  ses: `${url}/ses`,
  mailbox: `${url}/mailbox`,
  pickup: `${url}/pickup`,
  clock: `${url}/clock`,
  stateMachines: { 'regenerate-pin': 'arn' },
  table: 'portal-pin',
  region: 'us-east-1',
};

describe('what npm start prints', () => {
  it('names the console first of where to look', () => {
    const [, after = ''] = reportText([], endpoints).split('\n\n');
    expect(after.split('\n')[0]).toMatch(/^Console +http:\/\/127\.0\.0\.1:4600\/console\/$/);
  });

  it('names nothing to look at when it does not stay up', () => {
    expect(reportText([], null)).not.toContain('Console');
  });
});
