/** The practice that is deployed for: its EHR on a port of its own, its policy, and charts full of canaries. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditEvent, DocumentReference, QuestionnaireResponse } from 'fhir/r4';
import { ACTIVATION, CYCLE_IDENTIFIER, FORM_ITEM } from '../../functions/adapters/fhir/codes.ts';
import { SCOPES } from '../../functions/adapters/fhir/scopes.ts';
import type { Policy } from '../../functions/runtime/policy.ts';
import { demoDirectory } from '../../local/demo/directory.ts';
import { OTHER_CASES } from '../../local/demo/other-cases.ts';
import { REGENERATED_CASES } from '../../local/demo/regenerated-cases.ts';
import { createAuthorizationServer } from '../../local/ehr/authorization-server.ts';
import { type ClientKey, createClientKey } from '../../local/ehr/client-key.ts';
import { createEhrSimulator } from '../../local/ehr/simulator.ts';
import { createGateway } from '../../local/http/gateway.ts';
import { transactionOf } from '../../local/load/practice.ts';
import { ACCOUNT_ID, REGION } from '../../local/settings/environment.ts';
import { canaryCharts, PERSON } from '../system/scenarios/canary-practice.ts';

const DEMO_POLICY = fileURLToPath(new URL('../../local/demo/policy.json', import.meta.url));

/** MiniStack has no certificates, and no name leads to it. */
const CONSOLE = {
  domain: 'pins.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/12345678-1234-1234-1234-123456789012',
};
const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;

function hourIn(timeZone: string, milliseconds: number): number {
  const hour = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(milliseconds);
  return Number(hour);
}

const CLIENT_ID = 'portal-pin';

export interface Practice {
  policy: Policy;
  /** Of the CDK app. */
  deploymentFile: string;
  /** The EHR knows its public half. */
  clientKey: ClientKey;
  /** Writes the policy that the next deployment takes. */
  rename(name: string): void;
  /** Id of the n-th patient (from 0) expected to end this way. */
  patientWho(outcome: string, reason: string | null, n?: number): string;
  /** The patient's PIN documents that the service made and signed. */
  signedByUs(patientId: string): Promise<DocumentReference[]>;
  /** The PIN that the patient's chart holds as active. */
  livingPin(patientId: string): Promise<string>;
  /** What the audit trail tells of the patient. */
  audited(patientId: string): Promise<string[]>;
  /** What must be found nowhere outside chart and envelope: names, addresses, PINs and so on, new ones too. */
  secrets(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param folder exists and is private: the policy and the deployment file are written there */
export async function servePractice(folder: string): Promise<Practice> {
  const now = () => Date.now();
  const gateway = await createGateway({ port: 0 });
  const clientKey = await createClientKey();
  const authorization = createAuthorizationServer({
    tokenUrl: `${gateway.url}/oauth/token`,
    client: { id: CLIENT_ID, jwks: clientKey.publicJwks, scopes: SCOPES },
    now,
  });
  const baseUrl = `${gateway.url}/fhir`;
  const ehr = await createEhrSimulator({ now, baseUrl, gate: authorization.gate });
  gateway.mount('/fhir', (req, res) => ehr.handle(req, res));
  gateway.mount('/oauth', authorization.handle);
  const charts = canaryCharts(now());
  await ehr.load([transactionOf(demoDirectory()), ...charts.map(({ bundle }) => bundle)]);

  const policy: Policy = JSON.parse(readFileSync(DEMO_POLICY, 'utf8'));
  // MiniStack's schedules run: half a day away from any test.
  const hour = hourIn(policy.timeZone, now() + HALF_A_DAY_MS);
  // Clocks in New York skip 2:00 once a year, and the synth refuses it.
  policy.sweep.hour = hour === 2 ? 3 : hour;
  const write = (name: string, value: object) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(value));
    return file;
  };
  write('policy.json', policy);
  const deploymentFile = write('deployment.json', {
    name: 'portal-pin',
    production: false,
    // MiniStack has no certificates.
    api: null,
    account: ACCOUNT_ID,
    region: REGION,
    ehr: { baseUrl, clientId: CLIENT_ID, scopes: SCOPES },
    console: CONSOLE,
    email: { identity: policy.practice.sender.replace(/^.*@/, ''), dedicated: false },
    policy: 'policy.json',
    alarmEmail: 'on-call@example.com',
  });

  return {
    policy,
    deploymentFile,
    clientKey,
    rename(name) {
      policy.practice.name = name;
      write('policy.json', policy);
    },
    patientWho(outcome, reason, n = 0) {
      const all = [...REGENERATED_CASES, ...OTHER_CASES].map(({ ending }, index) => ({ ...ending, ...charts[index] }));
      const { id } = all.filter((each) => each.outcome === outcome && each.reason === reason)[n] ?? {};
      if (id === undefined) throw new Error(`The demo practice has no patient ${n} ending in ${outcome} ${reason}.`);
      return id;
    },
    async signedByUs(patientId) {
      const documents = await ehr.search<DocumentReference>(`DocumentReference?patient=${patientId}&status=current`);
      return documents.filter(
        ({ docStatus, identifier = [] }) =>
          docStatus === 'final' && identifier.some(({ system }) => system === CYCLE_IDENTIFIER),
      );
    },
    async livingPin(patientId) {
      const forms = await ehr.search<QuestionnaireResponse>(
        `QuestionnaireResponse?subject=Patient/${patientId}&status=completed`,
      );
      const answers = forms.map(({ item = [] }) =>
        Object.fromEntries(item.map(({ linkId, answer }) => [linkId, answer?.[0]?.valueString])),
      );
      const active = answers.filter((each) => each[FORM_ITEM.activationStatus] === ACTIVATION.active);
      return active.at(-1)?.[FORM_ITEM.pin] ?? '';
    },
    async audited(patientId) {
      const events = await ehr.search<AuditEvent>(`AuditEvent?entity=Patient/${patientId}`);
      return events.map(({ subtype }) => subtype?.[0]?.code ?? '');
    },
    async secrets() {
      const forms = await ehr.search<QuestionnaireResponse>('QuestionnaireResponse?_count=1000');
      const items = forms.flatMap(({ item = [] }) => item).filter(({ linkId }) => linkId === FORM_ITEM.pin);
      const pins = items.flatMap(({ answer = [] }) => answer.flatMap(({ valueString }) => valueString ?? []));
      const addresses = JSON.stringify(charts).match(/[^"]+@[^"]+/g) ?? [];
      return [...PERSON, ...addresses, ...pins];
    },
    close: () => gateway.close(),
  };
}
