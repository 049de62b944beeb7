import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { type Email, getStoreReadonly } from 'aws-ses-v2-local/dist/store.js';
import { type HttpHandler, readBody, send } from '../http/http-messages.ts';
import { createKeyedMutex } from '../http/mutex.ts';
import { createMailFaults, type MailFault } from './mailbox-faults.ts';
import { createMailboxViewer } from './mailbox-viewer.ts';
import {
  addressFault,
  members,
  messageTags,
  type SesAnswer,
  type SesParameters,
  sesError,
  sesParameters,
} from './ses-protocol.ts';

/** What a mail was sent with, besides what its recipient sees. */
interface SentFacts {
  readonly configurationSet: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** All recipients, as addressed. */
  readonly destination: readonly string[];
}

/** A mail of the mailbox, with the facts of its sending. */
export type Mail = Email & { readonly sent: SentFacts };

/** The local SES: whatever is sent ends here. */
export interface Mailbox {
  /** Serves SES's query protocol: SendEmail and SendRawEmail; anything else is refused as SES refuses it. */
  handleSes: HttpHandler;
  /** Serves the viewer and `GET /store`. */
  handleViewer: HttpHandler;
  /** What each accepted mail was sent with, by message id; kept when the viewer is cleared. */
  readonly sent: ReadonlyMap<string, SentFacts>;
  /** The mails, oldest first: to keep them across a restart. */
  mails(): Mail[];
  /** Puts kept mails back. */
  restore(mails: readonly Mail[]): void;
  /** Makes the next requests to send fail; faults are used up in the order they were given. */
  fail(fault: MailFault): void;
  /** Forgets the faults that are left. */
  heal(): void;
}

/** What SES answers, and the mail where it takes one. */
interface Accepted {
  answer: SesAnswer;
  mail: Mail | null;
}

/** Where the mails are kept beyond the process. */
export interface MailKeep {
  add(mail: Mail): Promise<void>;
  clear(): Promise<void>;
}

export interface MailboxOptions {
  /** The practice's time in ms since the epoch. */
  now: () => number;
  /** Where the viewer is mounted; `/mailbox` unless told. */
  prefix?: string;
  /** Awaited before a mail is accepted. */
  keep?: MailKeep;
  /** Called with each accepted mail, after its sender got the answer. */
  onSent?: (mail: Mail) => void;
}

/** The part of Express that the library's two actions use. */
type Action = (
  req: { body: SesParameters },
  res: { status(code: number): { send(body: unknown): void } },
  next: () => void,
) => unknown;

// The library's Express app stays out: it opens a port of its own that answers any Origin, leaves other actions
// without an answer, and an unknown messageId in its viewer rejects an unhandled promise, which ends the process.
// Required, not imported: Node and the test runner disagree on what the default of a CommonJS module is.
const load = createRequire(import.meta.url);
const ACTIONS = new Map<string, Action>([
  ['SendEmail', load('aws-ses-v2-local/dist/v1/sendEmail.js').default],
  ['SendRawEmail', load('aws-ses-v2-local/dist/v1/sendRawEmail.js').default],
]);

/** An empty mailbox. */
export function createMailbox({ now, prefix = '/mailbox', keep, onSent = () => undefined }: MailboxOptions): Mailbox {
  const mails: Mail[] = [];
  const sent = new Map<string, SentFacts>();
  const faults = createMailFaults();
  const inTurn = createKeyedMutex();
  const put = (mail: Mail) => {
    mails.push(mail);
    sent.set(mail.messageId, mail.sent);
  };
  // In turn, so that the mails are kept in the order in which they are shown, and none is cleared from one place only.
  const add = (mail: Mail) =>
    inTurn('mails', async () => {
      await keep?.add(mail);
      put(mail);
    });
  const clear = () =>
    inTurn('mails', async () => {
      await keep?.clear();
      mails.length = 0;
    });

  const accept = async (name: string, action: Action, parameters: SesParameters): Promise<Accepted> => {
    const refused = addressRefusal(name, parameters);
    if (refused !== null) return { answer: refused, mail: null };
    const stored = await storedBy(action, parameters);
    if (typeof stored === 'string') return { answer: sesError(400, 'ValidationError', stored), mail: null };
    const destination = recipients(name, parameters, stored);
    const sentWith = {
      configurationSet: parameters.ConfigurationSetName ?? null,
      tags: messageTags(parameters),
      destination: Object.values(destination).flat(),
    };
    const at = now();
    // The library stamps real time, and its ids are nine random digits: in 20,000 mails, one time in five two are alike.
    const messageId = `0100${at.toString(16).padStart(12, '0')}-${randomUUID()}-000000`;
    const mail: Mail = { ...stored, messageId, at: Math.floor(at / 1000), destination, sent: sentWith };
    await add(mail);
    const body =
      `<${name}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><${name}Result><MessageId>${messageId}` +
      `</MessageId></${name}Result><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${name}Response>`;
    return { answer: { status: 200, body }, mail };
  };

  const handleSes: HttpHandler = async (req, res) => {
    const parameters = sesParameters(await readBody(req));
    const reply = ({ status, body }: SesAnswer) => send(res, status, 'text/xml', body);
    if (!req.headers.authorization?.startsWith('AWS4-')) {
      return reply(sesError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'));
    }
    const name = parameters.Action ?? '';
    const action = ACTIONS.get(name);
    if (req.method !== 'POST' || req.url !== '/' || action === undefined) {
      return reply(sesError(400, 'InvalidAction', `Could not find operation ${name} for version 2010-12-01`));
    }
    const tell = (mail: Mail | null) => mail !== null && onSent(mail);
    const fault = faults.next();
    if (fault === null) {
      const { answer, mail } = await accept(name, action, parameters);
      reply(answer);
      return void tell(mail);
    }
    const mail = fault.when === 'after' ? (await accept(name, action, parameters)).mail : null;
    if (fault.kind === 'status') {
      const message = fault.message ?? 'A fault that was asked for.';
      reply(sesError(fault.status ?? 400, fault.code, message));
    }
    if (fault.kind === 'drop') res.destroy(); // and `hang` leaves it at that
    tell(mail);
  };

  return {
    handleSes,
    handleViewer: createMailboxViewer(prefix, mails, clear),
    sent,
    mails: () => [...mails],
    restore: (kept) => kept.forEach(put),
    fail: faults.add,
    heal: faults.clear,
  };
}

/** Lets the library read the request and takes the mail out of its store; a text says why it made none. */
async function storedBy(action: Action, parameters: SesParameters): Promise<Email | string> {
  return new Promise((resolve, reject) => {
    const answered = (status: number, body: unknown) => {
      // The library stores and answers in one go, so the last mail is this one. Its store belongs to the entire
      // process; taking the mail out is what keeps two mailboxes apart.
      const mail = status === 200 ? getStoreReadonly().emails.pop() : undefined;
      resolve(mail ?? (body as { detail?: string }).detail ?? 'The request is invalid.');
    };
    const res = { status: (code: number) => ({ send: (body: unknown) => answered(code, body) }) };
    Promise.resolve(action({ body: parameters }, res, () => {})).catch(reject);
  });
}

/** Recipients of a mail. The library keeps the first of each list only, and `Destinations` of a raw mail not at all. */
function recipients(name: string, parameters: SesParameters, stored: Email): Email['destination'] {
  const list = (kind: string) => members(parameters, `Destination.${kind}Addresses`);
  if (name === 'SendEmail') return { to: list('To'), cc: list('Cc'), bcc: list('Bcc') };
  const destinations = members(parameters, 'Destinations');
  return destinations.length > 0 ? { to: destinations, cc: [], bcc: [] } : stored.destination;
}

/** SES's refusal of a request with an unusable address or without recipients, or null. */
function addressRefusal(name: string, parameters: SesParameters): SesAnswer | null {
  const lists = ['Destination.ToAddresses', 'Destination.CcAddresses', 'Destination.BccAddresses', 'Destinations'];
  const addressees = lists.flatMap((list) => members(parameters, list));
  if (name === 'SendEmail' && addressees.length === 0) {
    return sesError(400, 'InvalidParameterValue', "Missing required header 'To'.");
  }
  const senders = [parameters.Source, parameters.ReturnPath].filter((address) => address !== undefined);
  for (const address of [...addressees, ...senders, ...members(parameters, 'ReplyToAddresses')]) {
    const fault = addressFault(address);
    if (fault !== null) return sesError(400, 'InvalidParameterValue', fault);
  }
  return null;
}
