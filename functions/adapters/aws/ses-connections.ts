/**
 * Connections to SES: a new one for each mail, so that no mail meets a socket that SES has just closed.
 * A reused socket that breaks cannot tell whether the mail left (https://github.com/aws/aws-sdk-js-v3/issues/1196);
 * a new one can, as long as its handshake is not over: until then Node holds the request back.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Errors of connections that broke before their handshake was over. */
const unsent = new WeakSet<object>();

/** Whether the error broke a connection before the first byte of a request left. */
export function isBeforeFirstByte(error: unknown): boolean {
  return typeof error === 'object' && error !== null && unsent.has(error);
}

export interface SesTimeouts {
  /** Milliseconds for TCP and TLS handshake together. */
  connect: number;
  /** Milliseconds for the whole request. */
  request: number;
}

/** The request handler of the SES client. An HTTP endpoint is an emulator's. */
export function sesRequestHandler({ connect, request }: SesTimeouts) {
  return {
    // The SDK's own connection timeout leaves no mark on its error, so the sockets keep the time themselves.
    httpAgent: new (class extends HttpAgent {
      override createConnection(...args: Parameters<HttpAgent['createConnection']>) {
        return marking(super.createConnection(...args), 'connect', connect);
      }
    })({ keepAlive: false }),
    httpsAgent: new (class extends HttpsAgent {
      override createConnection(...args: Parameters<HttpsAgent['createConnection']>) {
        return marking(super.createConnection(...args), 'secureConnect', connect);
      }
    })({ keepAlive: false }),
    requestTimeout: request,
    throwOnRequestTimeout: true,
  };
}

/** Marks the error by which a socket breaks before it is ready; ends a socket that is not ready in time. */
function marking<Socket extends ReturnType<HttpAgent['createConnection']>>(
  socket: Socket,
  ready: string,
  milliseconds: number,
): Socket {
  if (!socket) return socket;
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
  }, milliseconds);
  const mark = (error: Error) => unsent.add(error);
  const stop = () => {
    clearTimeout(timer);
    socket.off('error', mark);
  };
  socket.prependListener('error', mark);
  socket.prependOnceListener(ready, stop);
  socket.once('close', stop);
  return socket;
}
