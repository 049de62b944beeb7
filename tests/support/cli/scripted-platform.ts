/** The addresses of a local platform, or of AWS, that answer as a test says. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Asked {
  /** Such as `StartExecution`; of AWS's older protocol its Action. */
  operation: string;
  path: string;
  body: string;
}
export type Answering = (asked: Asked, res: ServerResponse) => void;

export interface ScriptedPlatform {
  url: string;
  /** With `.local/endpoints.json` and `.local/policy.json`. */
  folder: string;
  asked: Asked[];
  /** Replaces one of the files in `.local`. */
  write(file: string, text: string): void;
  close(): Promise<void>;
}

const opened: (() => Promise<void>)[] = [];

/** For `afterAll`: tests that run beside each other do not close each other's. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((close) => close()));
}

/** A folder in which nothing runs. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-cli-'));
  opened.push(async () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const POLICY = readFileSync(new URL('../../../local/demo/policy.json', import.meta.url), 'utf8');

export const json = (res: ServerResponse, body: unknown, status = 200) =>
  void res.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));

/** An item of the table as DynamoDB writes it. */
export function item(fields: Record<string, unknown>): Record<string, unknown> {
  const write = (value: unknown): unknown => {
    if (value === null) return { NULL: true };
    if (Array.isArray(value)) return { L: value.map(write) };
    if (typeof value === 'number') return { N: String(value) };
    if (typeof value === 'boolean') return { BOOL: value };
    return typeof value === 'object' ? { M: item(value as Record<string, unknown>) } : { S: String(value) };
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, write(value)]));
}

export async function scriptedPlatform(answer: Answering): Promise<ScriptedPlatform> {
  const asked: Asked[] = [];
  const server = createServer(async (req: IncomingMessage, res) => {
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    if (req.url === '/clock') return json(res, { now: new Date(Date.now()).toISOString() });
    const target = String(req.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const operation = target || (new URLSearchParams(body).get('Action') ?? `${req.method}`);
    const one = { operation, path: req.url ?? '', body };
    asked.push(one);
    answer(one, res);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = emptyFolder();
  const write = (file: string, text: string) => {
    mkdirSync(join(folder, '.local'), { recursive: true });
    writeFileSync(join(folder, '.local', file), text);
    chmodSync(join(folder, '.local', file), 0o600);
  };
  const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
  const machines = ['regenerate-pin', 'sweep-expiring-pins', 'discover-pins'];
  const endpoints = {
    stepfunctions: `${url}/stepfunctions`,
    dynamodb: `${url}/dynamodb`,
    clock: `${url}/clock`,
    webhooks: `${url}/webhooks`,
    webhookSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    stateMachines: Object.fromEntries(machines.map((name) => [name, arn(name)])),
    table: 'portal-pin',
    region: 'us-east-1',
  };
  write('endpoints.json', JSON.stringify(endpoints));
  write('policy.json', POLICY);
  const close = async () => {
    server.close();
    server.closeAllConnections();
  };
  opened.push(close);
  return { url, folder, asked, write, close };
}
