/** Counts what passes through a platform: the time of each step, the bytes of each request to the EHR, all that is printed. */
import type { IncomingMessage } from 'node:http';
import type { Around } from '../local/platform/platform.ts';

export interface Counter {
  /** To be given to `startPlatform`. */
  around: Around;
  /** Counts from now on, and keeps to itself what the process prints. */
  begin(): void;
  /** @returns milliseconds by step, bytes that the EHR was sent, lines printed */
  seen(): { times: ReadonlyMap<string, readonly number[]>; bytesOut: number; lines: readonly string[] };
}

export function createCounter(): Counter {
  let on = false;
  let printed = '';
  let bytesOut = 0;
  const times = new Map<string, number[]>();
  return {
    around: {
      service: (prefix, handler) => (request, response) => {
        if (on && prefix === '/fhir') bytesOut += requestBytes(request);
        return handler(request, response);
      },
      step: (name, handler) => {
        const taken: number[] = [];
        times.set(name, taken);
        return async (event, context) => {
          const begun = performance.now();
          const result = await handler(event, context);
          if (on) taken.push(performance.now() - begun);
          return result;
        };
      },
    },
    begin() {
      on = true;
      process.stdout.write = (chunk: string | Uint8Array) => {
        printed += String(chunk);
        return true;
      };
    },
    seen: () => ({ times, bytesOut, lines: printed.split('\n').filter((line) => line !== '') }),
  };
}

/** As HTTP/1.1 writes it; TLS not included. */
function requestBytes({ method, url, rawHeaders, headers }: IncomingMessage): number {
  const first = `${method} ${url} HTTP/1.1\r\n`.length;
  // Names and values alternate; each pair has ": " and a line's end, and so has the empty line after them.
  const head = rawHeaders.reduce((bytes, text) => bytes + text.length + 2, 2);
  return first + head + Number(headers['content-length'] ?? 0);
}
