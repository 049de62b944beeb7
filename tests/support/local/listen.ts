import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EhrSimulator } from '../../../local/ehr/simulator.ts';

export interface ListeningEhr {
  url: string;
  close(): Promise<void>;
}

/** The simulator on a port of its own on 127.0.0.1. No Host or Origin is checked. */
export async function listenEhr(ehr: Pick<EhrSimulator, 'handle'>): Promise<ListeningEhr> {
  const server = createServer((req, res) => ehr.handle(req, res));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${chosen}`,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}
