/** SES as a practice meets it: it refuses addresses, mails come back, an answer gets lost, and some days are bad. */
import { type HttpHandler, readBody, send } from '../../../local/http/http-messages.ts';
import type { Mail } from '../../../local/ses/mailbox.ts';
import { members, sesError, sesParameters } from '../../../local/ses/ses-protocol.ts';
import { giveBack, performed } from '../../support/harness/outside-call.ts';
import type { Chance } from './chance.ts';
import type { Diary } from './diary.ts';
import { FULL, patientOf, REFUSED } from './lives.ts';

/** SES's mailbox simulator, which the local mailbox knows: the address does not exist, or its owner complains. */
const TAKEN_ONCE = /^(bounce|complaint)\+/;

/** Of a thousand mails some get no answer, so their delivery is unknown. */
const LOST_SHARE = 0.004;

export interface MailService {
  /** Stands around the mailbox. */
  around(mailbox: HttpHandler): HttpHandler;
  /** A day on which every request is throttled. */
  isDown: boolean;
  /** Addresses mailed since the last call, in order. */
  arrivals(): string[];
}

interface World {
  diary: Diary;
  chance: Chance;
  now(): number;
  /** The mail that was taken last. */
  latest(): Mail;
  /** Lets SES tell that the mail came back, and may be tried again. */
  bounceSoftly(mail: Mail): void;
}

export function createMailService({ diary, chance, now, latest, bounceSoftly }: World): MailService {
  const attempts = new Map<string, number>();
  let arrived: string[] = [];

  /** What becomes of a mail that SES took. */
  function taken(address: string, attempt: number): void {
    const isFull = address.startsWith(FULL) && attempt === 1;
    if (isFull || TAKEN_ONCE.test(address)) diary.emailFeedback.add(patientOf(address));
    if (TAKEN_ONCE.test(address) && !diary.refused.has(address)) diary.refused.set(address, now());
    if (isFull || address.startsWith('bounce+')) diary.cameBack.add(latest().messageId);
    else arrived.push(address);
    if (isFull) bounceSoftly(latest());
  }

  const service: MailService = {
    isDown: false,
    arrivals: () => {
      const since = arrived;
      arrived = [];
      return since;
    },
    around: (mailbox) => async (req, res) => {
      const body = await readBody(req);
      const address = members(sesParameters(body), 'Destination.ToAddresses')[0] ?? '';
      const refuse = (code: string) => {
        const answer = sesError(400, code, 'As a practice meets it.');
        send(res, answer.status, 'text/xml', answer.body);
      };
      if (service.isDown) return refuse('Throttling');
      if (address.startsWith(REFUSED)) {
        if (!diary.refused.has(address)) diary.refused.set(address, now());
        return refuse('InvalidParameterValue');
      }
      const attempt = (attempts.get(address) ?? 0) + 1;
      attempts.set(address, attempt);
      giveBack(req, body);
      if (TAKEN_ONCE.test(address) || chance('answer lost', address, attempt) >= LOST_SHARE) {
        await mailbox(req, res);
        return taken(address, attempt);
      }
      const isSent = chance('sent all the same', address, attempt) < 0.5;
      if (isSent) {
        await performed(mailbox, req, res);
        taken(address, attempt);
      }
      diary.lost.push({ at: now(), address, arrived: isSent });
      res.destroy();
    },
  };
  return service;
}
