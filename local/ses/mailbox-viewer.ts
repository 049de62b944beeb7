import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createEmlContent } from 'aws-ses-v2-local/dist/emlFile.js';
import type { Email } from 'aws-ses-v2-local/dist/store.js';
import { type HttpHandler, send, sendJson, sendProblem } from '../http/http-messages.ts';

/**
 * Nothing from elsewhere: a picture in a mail must not tell its host that the mail was read. Scripts and styles are
 * those in the page itself.
 */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * aws-ses-v2-local's page for reading mails, and what it asks for, under `prefix`: `GET /store` lists the mails
 * (`?since=` epoch seconds), `GET /get-emlContent?messageId=` answers one as a file, `POST /clear-store` forgets them.
 * @param mails the mails to show, oldest first
 * @param clear forgets them all
 */
export function createMailboxViewer(prefix: string, mails: readonly Email[], clear: () => Promise<void>): HttpHandler {
  const page = viewerPage(prefix);
  return async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    switch (`${req.method} ${pathname}`) {
      case 'GET /':
        res.setHeader('content-security-policy', POLICY);
        return send(res, 200, 'text/html; charset=utf-8', page);
      case 'GET /store': {
        const since = Number(searchParams.get('since') ?? 0);
        if (!Number.isInteger(since)) return sendProblem(res, 400, 'Bad Request', '`since` is in epoch seconds.');
        return sendJson(res, 200, { templates: {}, emails: mails.filter(({ at }) => at >= since) });
      }
      case 'GET /get-emlContent': {
        const mail = mails.find(({ messageId }) => messageId === searchParams.get('messageId'));
        if (mail === undefined) return sendProblem(res, 404, 'Not Found', 'No mail has this messageId.');
        return sendJson(res, 200, await createEmlContent(mail));
      }
      case 'POST /clear-store':
        await clear();
        return sendJson(res, 200, { message: 'Store cleared' });
      default:
        return sendProblem(res, 404, 'Not Found', `The mailbox has ${prefix}/ and ${prefix}/store.`);
    }
  };
}

/**
 * The library's page, made fit for a place below the origin that also serves the chart: its addresses get the prefix,
 * and a mail's own HTML may run no script there; its links open in a tab of their own.
 */
function viewerPage(prefix: string): string {
  const file = createRequire(import.meta.url).resolve('aws-ses-v2-local/static/index.html');
  return readFileSync(file, 'utf8')
    .replaceAll(/(["'`])\/(store|clear-store|get-emlContent)\b/g, `$1${prefix}/$2`)
    .replace('<iframe id=', '<iframe sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" id=')
    .replace('iframeDoc.body.innerHTML =', `iframeDoc.head.innerHTML = '<base target="_blank">'; $&`);
}
