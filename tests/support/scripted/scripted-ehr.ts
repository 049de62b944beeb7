/** A server that answers as a test says, for faults that no working EHR would show. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CYCLE_IDENTIFIER, DOCUMENT_TYPE } from '../../../functions/adapters/fhir/codes.ts';
import { createFhirEhr } from '../../../functions/adapters/fhir/ehr.ts';
import { createFhirPickupChart } from '../../../functions/adapters/fhir/pickup.ts';
import type { AsRead, DraftAsRead, Ehr, PickupAudit, PickupChart } from '../../../functions/ports/ehr/ehr.ts';

interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
export type Script = (request: SeenRequest, res: ServerResponse) => void;

export interface ScriptedEhr {
  url: string;
  requests: SeenRequest[];
  /** What the next requests are answered; forgets those seen. */
  answer(script: Script): void;
  close(): Promise<void>;
}

export async function scriptedEhr(): Promise<ScriptedEhr> {
  let script: Script = (_request, res) => void res.destroy();
  const requests: SeenRequest[] = [];
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    const request = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
    requests.push(request);
    script(request, res);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    requests,
    answer(next) {
      requests.length = 0;
      script = next;
    },
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (_request, res) =>
    void res.writeHead(status, { 'content-type': 'application/fhir+json', ...headers }).end(JSON.stringify(body));

export const searchset = (resources: unknown[], next?: string) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
  entry: resources.map((resource) => ({ resource })),
});

const NOW = Date.parse('2026-06-15T12:00:00Z');

/** The chart as steps and page see it. */
type Whole = Ehr & PickupChart;

export function ehrAt(
  url: string,
  signal: AbortSignal = AbortSignal.timeout(20_000),
  authorization: (refused: string | null) => Promise<string | null> = async () => 'Bearer token',
  auditRefused: (event: PickupAudit, code: string) => void = () => undefined,
): Whole {
  const options = { baseUrl: url, authorization, signal, clock: { now: () => NOW } };
  return { ...createFhirEhr(options), ...createFhirPickupChart({ ...options, auditRefused }) };
}

const draft = { document: 'd1', form: 'f1', encounter: 'e1' };
const meta = { versionId: '7' };
const identifier = { system: CYCLE_IDENTIFIER, value: 'cycle' };
const read = (resource: { resourceType: string; id: string }): AsRead => ({ id: resource.id, version: '7', resource });
/** As `reviewDraft` would hand it to `sign`. */
export const draftAsRead: DraftAsRead = {
  document: read({
    ...{ resourceType: 'DocumentReference', id: 'd1', meta, identifier: [identifier] },
    ...{ type: { coding: [DOCUMENT_TYPE] } },
  }),
  form: read({
    ...{ resourceType: 'QuestionnaireResponse', id: 'f1', meta, identifier },
    ...{ item: [{ linkId: 'pin', answer: [{ valueString: 'B122900125' }] }] },
  }),
  signed: [],
  device: null,
};
/** As `readRouting` would hand it to `cancelRouting`. */
export const routedTask = read({
  ...{ resourceType: 'Task', id: 't1', meta, status: 'requested' },
  ...{ focus: { reference: 'DocumentReference/d1' } },
});

const message = { patientId: 'p1', document: 'd1', sesId: 's1', sentAt: '2026-06-15T12:00:00Z' };

/** Every call of the port, with arguments that would do. */
export const CALLS: Record<keyof Whole, (ehr: Whole) => Promise<unknown>> = {
  readPatient: (ehr) => ehr.readPatient('p1'),
  readPinDocuments: (ehr) => ehr.readPinDocuments('p1'),
  listSignedPins: (ehr) => ehr.listSignedPins(null),
  readPin: (ehr) => ehr.readPin('p1', 'e1'),
  countOurSigned: (ehr) => ehr.countOurSigned('p1'),
  readUpdateFacts: (ehr) => ehr.readUpdateFacts('p1', 'd0', 'cycle', NOW),
  openUpdate: (ehr) =>
    ehr.openUpdate({
      patientId: 'p1',
      cycleIdentifier: 'cycle',
      provider: 'Practitioner/pcp',
      location: null,
      visit: null,
      pin: 'B122900125',
      now: NOW,
    }),
  endUpdate: (ehr) => ehr.endUpdate(draft, NOW),
  readRouting: (ehr) => ehr.readRouting('d1'),
  cancelRouting: (ehr) => ehr.cancelRouting('d1', { open: 1, tasks: [routedTask] }),
  reviewDraft: (ehr) => ehr.reviewDraft('p1', draft),
  sign: (ehr) => ehr.sign({ patientId: 'p1', draft, cycle: 'd0', asRead: draftAsRead, now: NOW }),
  readSigned: (ehr) => ehr.readSigned('p1', 'd1', 'cycle'),
  discardDrafts: (ehr) => ehr.discardDrafts(['cycle']),
  fileMessage: (ehr) => ehr.fileMessage(message),
  noteFate: (ehr) => ehr.noteFate(message, 'BOUNCED', null),
  openStaffTask: (ehr) => ehr.openStaffTask({ patientId: 'p1', code: 'enter-email', reason: 'NONE' }),
  closeStaffTask: (ehr) => ehr.closeStaffTask({ patientId: 'p1', code: 'enter-email', reason: 'NONE' }),
  readPickupFacts: (ehr) => ehr.readPickupFacts('p1', 'd1'),
  audit: (ehr) => ehr.audit({ patientId: 'p1', document: 'd1', what: 'VIEWED', at: '2026-06-15T12:00:00Z' }),
};

/** Whatever the call threw, as far as it could be shown. */
export async function thrownBy(call: Promise<unknown>): Promise<{ name: string; code: string; shown: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw new TypeError(`no Error: ${String(error)}`);
    const own = JSON.stringify(error, Object.getOwnPropertyNames(error));
    return { name: error.name, code: error.message, shown: `${error.stack} ${own} ${String(error.cause)}` };
  }
  throw new TypeError('nothing was thrown');
}
