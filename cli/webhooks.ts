/** `send-webhook`: an EHR's webhook, signed by Standard Webhooks, for engineers connecting an EHR. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { toInstant } from '../functions/domain/time/instant.ts';
import { type EhrEvent, ehrEvent, type WebhookAnswer, webhookAnswer } from '../functions/domain/webhook/ehr-event.ts';
import { clock, realTime } from '../functions/runtime/clock.ts';
import { InputError, NoConnectionError, noConnection } from './failure.ts';
import { uninterrupted } from './interrupt.ts';
import type { Answer } from './show.ts';

export interface WebhookOptions {
  actor?: string;
  reason?: string;
  force?: boolean;
  change?: string;
  /** ISO 8601; now unless told. */
  at?: string;
  id?: string;
  url?: string;
  secretFile?: string;
  print?: boolean;
}

/** The event that the options describe. InputError names what is missing or does not belong to the type. */
export function eventOf(type: string, patientId: string, options: WebhookOptions): EhrEvent {
  const { actor, reason, force, change, at = toInstant(clock().now()) } = options;
  const isRequest = type === 'pin.regeneration_requested';
  if (isRequest && reason === undefined) throw new InputError(`${type} takes a reason: give --reason "lost the mail".`);
  const data = {
    patientId,
    ...(isRequest && { actor: actor ?? userInfo().username }),
    ...given('actor', isRequest ? undefined : actor),
    ...given('reason', reason),
    ...given('force', force),
    ...given('change', change),
  };
  const event = z.safeParse(ehrEvent, { type, timestamp: at, data });
  if (event.success) return event.data;
  throw new InputError(`${type} cannot be sent so: ${event.error.issues.map(issueText).join('; ')}.`);
}

function given(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}

/** Which option or argument each member of an event comes from. */
const OPTIONS: Record<string, string> = { patientId: '<patient>', timestamp: '--at' };
const optionOf = (member: string) => OPTIONS[member] ?? `--${member}`;

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.map(optionOf).join(', ')} does not belong to it`;
  if (issue.code === 'invalid_value')
    return `${optionOf(String(issue.path.at(-1)))} is one of ${issue.values.join(', ')}`;
  return `${optionOf(String(issue.path.at(-1)))} is missing or malformed`;
}

/** Where a webhook goes, and what signs it. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

interface Request {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The request as it is sent: signed now, by this machine's clock. */
export function requestOf({ url, secret }: WebhookTarget, event: EhrEvent, id?: string): Request {
  const webhookId = id ?? `msg_${randomUUID().replaceAll('-', '')}`;
  const body = JSON.stringify(event);
  const now = new Date(realTime());
  const headers = {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signerOf(secret).sign(webhookId, now, body),
  };
  return { url, headers, body };
}

function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new InputError(
      'The secret is none of Standard Webhooks: it begins with whsec_, then 24 to 64 bytes in base64.',
    );
  }
}

/** A secret as it is handed to the EHR, or as Secrets Manager holds it: `{ "secrets": ["whsec_…"] }`. */
export function readSecretFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch {
    throw new InputError(`${path} cannot be read: give the file that holds the webhook secret.`);
  }
  const secret = text.startsWith('{') ? /"(whsec_[^"]*)"/.exec(text)?.[1] : text;
  if (secret?.startsWith('whsec_')) return secret;
  throw new InputError(`${path} holds no webhook secret: it begins with whsec_.`);
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function asCurl({ url, headers, body }: Request): string[] {
  const lines = [
    `curl -i ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  --data-binary ${quoted(body)}`,
  ];
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

const SAID: Record<WebhookAnswer['decision'], string> = {
  STARTED: 'an execution was started',
  RUNNING: 'an execution that runs already takes it up',
  NOT_DUE: 'nothing is to be done',
  TRACKED: 'the PIN’s 30 days are known now',
  STOPPED: 'no reminder, no lapse any more; at the next look the chart is asked',
  OUTDATED: 'something newer is known',
  UNKNOWN_PATIENT: 'the EHR’s FHIR endpoint does not know the patient',
  PAUSED: 'all starts are paused; "portal-pin resume" ends it',
};

/** An answer takes two seconds at most; a request that takes longer was not answered by us. */
const ANSWERED_WITHIN_MS = 30_000;

/** Sends the event, or with `print` shows the request; what was answered. */
export async function sendWebhook(target: WebhookTarget, event: EhrEvent, options: WebhookOptions): Promise<Answer> {
  const request = requestOf(target, event, options.id);
  if (options.print === true) return { json: request, lines: asCurl(request) };
  const { status, body } = await uninterrupted(() => send(request));
  const id = request.headers['webhook-id'];
  const decided = status === 202 ? webhookAnswer.safeParse(body) : null;
  if (decided?.success !== true) {
    const problem = z.object({ title: z.string(), detail: z.string(), errors: z.array(z.unknown()).optional() });
    const {
      title,
      detail,
      errors = [],
    } = problem.safeParse(body).data ?? {
      title: 'No answer of Portal PIN',
      detail: 'Is that its address?',
    };
    const lines = [`${status} ${title}. ${detail}`, ...errors.map((each) => JSON.stringify(each))];
    return { json: { status, id, answer: body }, lines, isFailure: true };
  }
  const { decision, execution } = decided.data;
  const lines = [
    `${status} ${decision}: ${SAID[decision]}`,
    ...(execution === null ? [] : [`${decision === 'NOT_DUE' ? 'Last execution' : 'Execution'}: ${execution}`]),
    `webhook-id: ${id}`,
  ];
  return { json: { status, id, answer: decided.data }, lines };
}

async function send({ url, headers, body }: Request): Promise<{ status: number; body: unknown }> {
  try {
    const signal = AbortSignal.timeout(ANSWERED_WITHIN_MS);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: null };
    }
  } catch (error) {
    throw new NoConnectionError(noConnection(error) ?? `${url} cannot be reached: check --url.`);
  }
}
