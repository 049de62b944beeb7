/** SES as a practice meets it: it refuses some addresses for good, loses an answer now and then, and has bad days. */
import type { HttpHandler } from '../../local/http-messages.ts';
import { readBody, send } from '../../local/http-messages.ts';
import { members, sesError, sesParameters } from '../../local/ses-protocol.ts';
import { giveBack, performed } from '../harness/outside-call.ts';
import type { Chance } from './chance.ts';
import type { Diary } from './diary.ts';

/** Addresses that SES will not take begin so; nothing in the address says it to the product. */
export const REFUSED = 'no-such-box.';

/** Of a thousand mails one gets no answer, so that nobody knows whether it left. */
const LOST_SHARE = 0.004;

export interface MailService {
  /** Stands around the mailbox. */
  around(mailbox: HttpHandler): HttpHandler;
  /** A day on which every request is throttled. */
  isDown: boolean;
  /** Who got mail since this was asked last: addresses, in order. */
  arrivals(): string[];
}

export function createMailService(diary: Diary, chance: Chance, now: () => number): MailService {
  const attempts = new Map<string, number>();
  let arrived: string[] = [];
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
      if (chance('answer lost', address, attempt) >= LOST_SHARE) {
        await mailbox(req, res);
        arrived.push(address);
        return;
      }
      const isSent = chance('sent all the same', address, attempt) < 0.5;
      if (isSent) {
        await performed(mailbox, req, res);
        arrived.push(address);
      }
      diary.lost.push({ at: now(), address, arrived: isSent });
      res.destroy();
    },
  };
  return service;
}
