/** A MiniStack on 127.0.0.1 that holds nothing outside one folder and sees nothing of the user's AWS. */
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { startGroup } from './process-group.ts';

/** It needs 2 s on two slow cores. */
const READY_MS = 60_000;
const POLL_MS = 100;

/** Runs MiniStack until the pipe to its parent breaks, so it also ends when the parent was killed. */
const LAUNCHER = `
import os, runpy, sys, threading
def end_with_parent():
    while os.read(0, 1): pass
    os.killpg(0, 9)
threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")
`;

/**
 * Starts it and waits until it answers.
 * @param folder exists, is private and may be deleted afterwards
 * @param start starts a program that ends with the run
 * @returns the port on 127.0.0.1 on which it serves every AWS API
 */
export async function startMiniStack(python: string, folder: string, start: typeof startGroup): Promise<number> {
  const home = join(folder, 'ministack');
  mkdirSync(home);
  // Functions are unpacked below it; whatever package.json lies above must not make ES modules of them.
  writeFileSync(join(home, 'package.json'), '{"type":"commonjs"}');
  const logFile = join(folder, 'ministack.log');
  const log = openSync(logFile, 'w');
  const port = await freePort();
  const { ended } = start(python, ['-c', LAUNCHER], {
    cwd: home,
    env: environment(home, port),
    stdio: ['pipe', log, log],
  });
  let isRunning = true;
  void ended.then(() => {
    isRunning = false;
  });
  for (const until = Date.now() + READY_MS; isRunning && Date.now() < until; await sleep(POLL_MS)) {
    const answer = await fetch(`http://127.0.0.1:${port}/_ministack/ready`).catch(() => null);
    if (answer?.ok) return port;
  }
  throw new Error(`MiniStack did not come up. It said:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`);
}

/** All that MiniStack and the functions get to see; nothing of the user's own AWS_* and proxies. */
function environment(home: string, port: number): NodeJS.ProcessEnv {
  return {
    // Its functions run by the first `node`: the one this runs by.
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: home,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: 'localhost',
    LAMBDA_EXECUTOR: 'local',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // At its start it stops containers that another MiniStack may have left: the user's are none of its business.
    DOCKER_HOST: `unix://${join(home, 'no-docker.sock')}`,
  };
}

/** Whether anything listens there. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
