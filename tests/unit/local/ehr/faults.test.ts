import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collection, patient, put, type RunningEhr, runEhr } from '../../../support/local/running-ehr.ts';

let running: RunningEhr;
afterEach(() => running.close());
beforeEach(async () => {
  running = await runEhr();
  await running.ehr.load([collection(patient('p1'))]);
});

const read = async () => (await running.call('GET', 'Patient/p1')).status;
const gender = async () => (await running.ehr.read<{ gender?: string }>('Patient', 'p1'))?.gender;
const update = () => running.transact(put(patient('p1', { gender: 'female' })));
/** Fetches without reading JSON: what comes back may be none. */
const raw = () => fetch(`${running.url}/Patient/p1`, { redirect: 'manual' });

describe('failure switches', () => {
  it('strike the route and the count they name', async () => {
    running.ehr.fail({
      method: 'GET',
      route: 'Patient/:id',
      skip: 1,
      times: 2,
      fault: { kind: 'status', status: 503 },
    });

    expect((await running.call('GET', 'Patient?_id=p1')).status).toBe(200);
    expect([await read(), await read(), await read(), await read()]).toEqual([200, 503, 503, 200]);
  });

  it('strike by pattern and by what the request holds, until cleared', async () => {
    const matching = ({ url }: { url: string }) => url.endsWith('p1');
    running.ehr.fail({ route: /^Patient/, times: 9, matching, fault: { kind: 'status', status: 500 } });

    expect(await read()).toBe(500);
    expect((await running.call('GET', 'Patient/other')).status).toBe(404);
    running.ehr.clearFaults();
    expect(await read()).toBe(200);
  });

  it('say when to come back', async () => {
    running.ehr.fail({ fault: { kind: 'status', status: 429, retryAfter: 3 } });
    const { status, headers, body } = await running.call('GET', 'Patient/p1');
    expect({ status, after: headers.get('retry-after') }).toEqual({ status: 429, after: '3' });
    expect(body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'throttled' }] });
  });

  it.each([
    ['before', undefined],
    ['after', 'female'],
  ] as const)('lose the answer %s the request took effect', async (when, expected) => {
    running.ehr.fail({ route: '', when, fault: { kind: 'drop' } });
    await expect(update()).rejects.toThrow('fetch failed');
    expect(await gender()).toBe(expected);
    expect(running.ehr.requests.list()).toEqual([{ method: 'POST', route: '', status: 0 }]);
  });

  it('hang without an answer', async () => {
    running.ehr.fail({ fault: { kind: 'hang' } });
    const hanging = fetch(`${running.url}/Patient/p1`, { signal: AbortSignal.timeout(50) });
    await expect(hanging).rejects.toThrow('timeout');
    expect(await read()).toBe(200);
  });

  it('delay', async () => {
    running.ehr.fail({ fault: { kind: 'latency', ms: 40 } });
    const started = performance.now();
    expect(await read()).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(35);
  });

  it('answer what is no FHIR', async () => {
    running.ehr.fail({ fault: { kind: 'garbage' } });
    await expect((await raw()).json()).rejects.toThrow(SyntaxError);
    running.ehr.fail({ fault: { kind: 'html' } });
    expect((await raw()).headers.get('content-type')).toBe('text/html');
    running.ehr.fail({ fault: { kind: 'redirect', location: 'https://elsewhere.example/' } });
    expect((await raw()).headers.get('location')).toBe('https://elsewhere.example/');
    running.ehr.fail({ when: 'after', fault: { kind: 'halfBody' } });
    await expect((async () => (await raw()).text())()).rejects.toThrow();
  });

  it('do what a test writes down', async () => {
    running.ehr.fail({ fault: { kind: 'custom', run: (_, res) => void res.writeHead(418).end('{}') } });
    expect(await read()).toBe(418);
    expect(await read()).toBe(200);
  });
});

describe('hooks', () => {
  it('let staff act between two moments of a request', async () => {
    const phases: string[] = [];
    const stop = running.ehr.onRequest(async ({ phase, request, answer }) => {
      phases.push(`${phase} ${request.method} ${request.route} ${answer?.status ?? ''}`.trim());
      await wait(1);
      if (phase === 'before') await running.ehr.staff.write({ resourceType: 'Patient', id: 'p1', gender: 'male' });
    });
    const reply = await running.call('GET', 'Patient/p1');
    stop();
    await read();

    expect(reply.body).toMatchObject({ gender: 'male' });
    expect(phases).toEqual(['before GET Patient/:id', 'after GET Patient/:id 200']);
  });
});

describe('the log', () => {
  it('counts what was answered, by route without ids; a transaction is one', async () => {
    await update();
    await read();
    await running.call('GET', 'Patient?_id=p1');
    await running.call('GET', 'Patient/p1/_history/1');
    await running.call('GET', 'Patient/none');

    const { requests } = running.ehr;
    expect(requests.list().map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      'POST  200',
      'GET Patient/:id 200',
      'GET Patient 200',
      'GET Patient/:id/_history/:vid 200',
      'GET Patient/:id 404',
    ]);
    expect(requests.count()).toBe(5);
    expect(requests.count({ route: 'Patient/:id' })).toBe(2);
    expect(requests.count({ route: 'Patient/:id', status: 404 })).toBe(1);
    requests.clear();
    expect(requests.count()).toBe(0);
  });
});
