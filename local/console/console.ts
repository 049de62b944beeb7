/** The console's page on this machine, as CloudFront serves it on AWS, and what tells it where it runs. */
import { extname } from 'node:path';
import { type HttpHandler, send, sendJson, sendProblem } from '../http/http-messages.ts';
import type { BuiltConsole, ConsoleBuild } from './console-build.ts';

/** The console's settings (console/api/site.ts): no login here, and more pages than on AWS. */
const SITE = {
  api: '/api',
  auth: null,
  local: { api: '/local-api', clock: '/clock', mailbox: '/mailbox' },
};

/**
 * Everything from here. Cloudscape's fonts and some of its pictures are data: URLs within its style sheet; it sets
 * styles by script, which the policy does not touch, and no element carries one.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** While the console is being built, the browser asks again after this many seconds. */
const ASK_AGAIN_AFTER = 1;

/**
 * Serves the build below its mount; every path that is no file is a page, and the console itself says which.
 * @param config what it reads first
 */
export function serveConsole(build: ConsoleBuild, config: object = SITE): HttpHandler {
  return (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return sendProblem(res, 405, 'Method Not Allowed', 'The console is read; it asks /api for what it does.');
    }
    const path = (req.url ?? '/').split('?', 1)[0]?.slice(1) ?? '';
    if (path === 'config.json') {
      res.setHeader('cache-control', 'no-store');
      return sendJson(res, 200, config);
    }
    const built = build.look();
    res.setHeader('content-security-policy', POLICY);
    res.setHeader('referrer-policy', 'no-referrer');
    res.setHeader('x-content-type-options', 'nosniff');
    if (built.state !== 'BUILT') return sendWaiting(res, built);
    const file = built.files.get(path);
    if (file === undefined && extname(path) !== '') {
      return sendProblem(
        res,
        404,
        'Not Found',
        'The console has no such file. Reload the page: it may be a newer one.',
      );
    }
    const name = file === undefined ? 'index.html' : path;
    // The name of an asset changes with what is in it.
    res.setHeader('cache-control', name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    send(res, 200, TYPES[extname(name)] ?? 'application/octet-stream', file ?? built.files.get('index.html') ?? '');
  };
}

type Response = Parameters<HttpHandler>[1];

function sendWaiting(res: Response, built: Exclude<BuiltConsole, { state: 'BUILT' }>): void {
  const failed = built.state === 'FAILED';
  const text = failed
    ? `<h1>The console could not be built</h1><pre>${escaped(built.why)}</pre><p>It is tried again whenever this page is loaded. <code>npm run build:console</code> says more.</p>`
    : '<h1>The console is being built</h1><p>The first time takes a few seconds. This page resumes automatically.</p>';
  res.setHeader('cache-control', 'no-store');
  const again = failed ? '' : `<meta http-equiv="refresh" content="${ASK_AGAIN_AFTER}">`;
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${again}<title>Portal PIN</title></head><body>${text}</body></html>`;
  // A health check must not take the platform for broken.
  send(res, failed ? 500 : 200, TYPES['.html'] ?? '', page);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
