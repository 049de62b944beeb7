import { describe, expect, it } from 'vitest';
import {
  AwsUnavailableError,
  ConfigurationError,
  EhrRejectedError,
  EhrThrottledError,
  EhrUnavailableError,
} from '../../../../../functions/domain/errors.ts';
import { byHand, discoveryWorld, idOf, TODAY } from '../../../../support/worlds/discovery-world.ts';

const NONE_COUNTED = { TRACKED: 0, KNOWN: 0, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 0 };
const undated = (id: string) => ({ ...byHand(id, 1), date: null });

describe('a reading of the whole chart', () => {
  it('tracks everybody’s newest PIN, page by page, and says what it found', async () => {
    const { discover, accounts, pins, reading, state } = discoveryWorld({ patients: 120 });
    await discover();
    expect(accounts.size).toBe(120);
    expect(accounts.get('p-7')).toMatchObject({ document: 'd-7', nextCheckDay: '2026-06-25', outcome: null });
    expect(pins.get('p-7')).toMatchObject({ document: 'd-7', expiresAt: '2026-07-05T12:00:00Z' });
    const counts = { ...NONE_COUNTED, TRACKED: 120 };
    expect(reading()).toMatchObject({ pages: 3, documents: 120, counts, stoppedBy: null, bookmark: null, failed: [] });
    expect(reading()?.endedAt).toBe('2026-06-15T12:00:00Z');
    expect(state.mostInFlight).toBe(4);
  });

  it('changes nothing and reads no chart when it is repeated', async () => {
    const world = discoveryWorld({ patients: 120 });
    await world.discover('run-1');
    const before = structuredClone(world.accounts);
    world.state.calls.length = 0;
    await world.discover('run-2');
    expect(world.accounts).toEqual(before);
    expect(world.reading()).toMatchObject({ execution: 'run-2', counts: { ...NONE_COUNTED, KNOWN: 120 } });
    const asked = ['readPinDocuments', 'countOurSigned', 'readPin', 'save', 'pins.put', 'fingerprint'];
    expect(world.state.calls.filter((call) => asked.includes(call))).toEqual([]);
  });

  it('leaves records alone that were there', async () => {
    const { discover, know, accounts, reading } = discoveryWorld({ patients: 3 });
    const account = know('p-1');
    await discover();
    expect(accounts.get('p-1')).toBe(account);
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 2, KNOWN: 1 });
  });

  it('collapses a patient’s documents that stand on several pages', async () => {
    const { discover, accounts, reading, state } = discoveryWorld({
      patients: 4,
      pageSize: 2,
      page: (bookmark, usual) => ({ ...usual(bookmark), documents: 5, withoutPatient: 1, patientIds: ['p-1', 'p-2'] }),
    });
    await discover();
    expect([...accounts.keys()].toSorted()).toEqual(['p-1', 'p-2']);
    expect(reading()).toMatchObject({
      documents: 10,
      withoutPatient: 2,
      counts: { ...NONE_COUNTED, TRACKED: 2, KNOWN: 2 },
    });
    expect(state.calls.filter((call) => call === 'readPinDocuments')).toHaveLength(2);
  });

  it('lets a person look at charts that are unclear, and passes over withdrawn PINs', async () => {
    const { discover, accounts, reading } = discoveryWorld({
      patients: 3,
      documents: (n) =>
        [[undated('u')], [{ ...byHand('draft', 1), signed: false }], [undated('u'), byHand('d', 3)]][n] ?? [],
    });
    await discover();
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 1, UNCLEAR: 1, WITHDRAWN: 1 });
    expect(accounts.get('p-0')).toMatchObject({ document: null, outcome: null, nextCheckDay: TODAY });
    expect(accounts.has('p-1')).toBe(false);
    expect(accounts.get('p-2')).toMatchObject({ document: 'd' });
  });

  it('ends a turn when its time is nearly over, and goes on at the next page', async () => {
    const world = discoveryWorld({ patients: 500, pageMs: 200_000 });
    const cursor = await world.turn('run-1', null);
    expect(world.reading()).toMatchObject({ pages: 3, endedAt: null, bookmark: '150' });
    expect(cursor).toBe(world.reading()?.id);
    expect(JSON.stringify(cursor)).not.toContain('150');
    expect(await world.discover()).toBe(3);
    expect(world.readings()).toHaveLength(1);
    expect(world.reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 500 });
  });

  it('reads 10,000 documents in flat memory', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const heap: number[] = [];
    const world = discoveryWorld({
      patients: 10_000,
      before: (call, bookmark) => {
        if (call !== 'listSignedPins' || Number(bookmark) % 1_000 !== 0) return;
        // What the world itself remembers is not the use case's.
        for (const kept of [world.accounts, world.pins]) kept.clear();
        world.state.calls.length = 0;
        collect();
        heap.push(process.memoryUsage().heapUsed);
      },
    });
    await world.discover();
    expect(world.reading()).toMatchObject({
      pages: 200,
      documents: 10_000,
      counts: { ...NONE_COUNTED, TRACKED: 10_000 },
    });
    expect(heap).toHaveLength(10);
    expect(Math.max(...heap.slice(1)) - Math.min(...heap.slice(1))).toBeLessThan(2_000_000);
    expect(JSON.stringify(world.reading()).length).toBeLessThan(1_000);
  });
});

describe('one patient’s error', () => {
  it('stops no other patient, is counted and named, and is tried again by the next discovery', async () => {
    let isMended = false;
    const { discover, accounts, reading, pauses } = discoveryWorld({
      patients: 60,
      before: (call, about) => {
        if (!isMended && call === 'readPinDocuments' && about === 'p-3') throw new EhrRejectedError('HTTP_403');
        if (!isMended && call === 'save' && about === 'p-55') throw new TypeError('broken');
      },
    });
    await discover('run-1');
    expect(accounts.size).toBe(58);
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 58, FAILED: 2 });
    const errors = [
      { patientId: 'p-3', error: 'EhrRejectedError' },
      { patientId: 'p-55', error: 'TypeError' },
    ];
    expect(reading()?.failed).toEqual(errors);
    expect(pauses).toEqual([]);
    isMended = true;
    await discover('run-2');
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 2, KNOWN: 58 });
  });

  it('names twenty at most', async () => {
    const { discover, reading } = discoveryWorld({
      patients: 130,
      before: (call) => {
        if (call === 'readPinDocuments') throw new EhrRejectedError('HTTP_403');
      },
    });
    await discover();
    expect(reading()?.counts.FAILED).toBe(130);
    expect(reading()?.failed).toHaveLength(20);
  });

  it('is no outage where the EHR answers for others: it is asked three times', async () => {
    const { discover, reading, pauses, state } = discoveryWorld({
      patients: 60,
      before: (call, about) => {
        if (call === 'readPinDocuments' && about === 'p-3') throw new EhrUnavailableError('HTTP_500');
      },
    });
    await discover();
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 59, FAILED: 1 });
    expect(pauses).toEqual([5_000, 5_000]);
    expect(state.calls.filter((call) => call === 'readPinDocuments')).toHaveLength(62);
  });

  it('is none where the EHR answers the second time', async () => {
    const failed = new Set<string | null>();
    const { discover, reading } = discoveryWorld({
      patients: 60,
      before: (call, about) => {
        if (call !== 'readPin' || failed.has(about)) return;
        failed.add(about);
        throw new EhrUnavailableError('CONNECTION_FAILED');
      },
    });
    await discover();
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 60 });
  });
});

describe('an EHR that is down', () => {
  it('fails the turn with nothing counted, and the next one goes on from there', async () => {
    let asked = 0;
    let isDown = false;
    const world = discoveryWorld({
      patients: 200,
      before: (call) => {
        if (call === 'readPinDocuments' && ++asked === 70) isDown = true;
        if (isDown && /^(list|count|read[A-Z])/.test(call)) throw new EhrUnavailableError('CONNECTION_FAILED');
      },
    });
    await expect(world.turn('run-1', null)).rejects.toThrow(EhrUnavailableError);
    expect(world.reading()).toMatchObject({ pages: 1, bookmark: '50', counts: { ...NONE_COUNTED, TRACKED: 50 } });
    expect(world.accounts.size).toBeGreaterThan(60);
    await expect(world.turn('run-1', null)).rejects.toThrow(EhrUnavailableError);
    isDown = false;
    await world.discover('run-1');
    expect(world.accounts.size).toBe(200);
    expect(world.readings()).toHaveLength(1);
    expect(world.reading()).toMatchObject({ pages: 4, documents: 200, counts: { FAILED: 0 } });
  });

  it('that asks for fewer requests gets none for half a minute, then goes on', async () => {
    let budget = 10;
    const { discover, reading, pauses, ports, state } = discoveryWorld({
      patients: 60,
      before: (call) => {
        if (call === 'readPinDocuments' && budget-- <= 0) throw new EhrThrottledError('HTTP_429');
      },
    });
    const { pause } = ports;
    ports.pause = (milliseconds) => {
      budget = 10;
      return pause(milliseconds);
    };
    await discover();
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 60 });
    expect(new Set(pauses)).toEqual(new Set([30_000]));
    // At most the four that were under way are refused each time.
    expect(state.calls.filter((call) => call === 'readPinDocuments').length).toBeLessThanOrEqual(
      60 + 4 * pauses.length,
    );
  });

  it('that wants patience for long fails the turn, and no patient', async () => {
    const world = discoveryWorld({
      patients: 60,
      before: (call) => {
        if (call === 'readPinDocuments') throw new EhrThrottledError('HTTP_429');
      },
    });
    await expect(world.discover()).rejects.toThrow(EhrThrottledError);
    expect(world.reading()).toMatchObject({ pages: 0, counts: NONE_COUNTED });
    expect(world.state.calls.filter((call) => call === 'readPinDocuments').length).toBeLessThanOrEqual(12);
  });

  it('is not waited for beyond the turn’s time', async () => {
    const world = discoveryWorld({
      patients: 60,
      pageMs: 500_000,
      before: (call, about) => {
        if (call === 'readPinDocuments' && about === 'p-3') throw new EhrUnavailableError('HTTP_500');
      },
    });
    await expect(world.turn('run-1', null)).rejects.toThrow(EhrUnavailableError);
    expect(world.pauses).toEqual([]);
  });
});

it.each([AwsUnavailableError, ConfigurationError])('what is wrong for all fails the turn: %o', async (Wrong) => {
  const world = discoveryWorld({
    patients: 60,
    before: (call, about) => {
      if (call === 'fingerprint' || (call === 'save' && about === 'p-9')) throw new Wrong('X');
    },
  });
  await expect(world.discover()).rejects.toThrow(Wrong);
  expect(world.reading()).toMatchObject({ pages: 0, counts: NONE_COUNTED });
  // No new patient is checked afterwards: the four under way are.
  expect(world.state.calls.filter((call) => call === 'readPinDocuments').length).toBeLessThanOrEqual(8);
});

describe('pages that lead nowhere', () => {
  const pageTo = (next: string | null) => ({ documents: 1, patientIds: ['p-1'], withoutPatient: 0, next });

  it.each([
    ['to itself', (n: number) => Math.min(n + 1, 3)],
    ['to the one before', (n: number) => (n < 5 ? n + 1 : 4)],
    ['to the first link', (n: number) => (n + 1) % 7],
    ['round a long way', (n: number) => (n < 40 ? n + 1 : 11)],
  ])('end, although each has a next one: %s', async (_how, follow) => {
    let pages = 0;
    const { discover, reading, accounts } = discoveryWorld({
      patients: 3,
      page: (bookmark) => {
        pages += 1;
        return pageTo(`page-${follow(bookmark === null ? 0 : Number(bookmark.slice(5)))}`);
      },
    });
    await expect(discover()).rejects.toMatchObject({ name: 'EhrRejectedError', code: 'PAGES_REPEAT' });
    expect(reading()).toMatchObject({ stoppedBy: 'PAGES_REPEAT', bookmark: null, counts: { TRACKED: 1 } });
    expect(reading()?.endedAt).not.toBeNull();
    // Brent's bound: three times what leads to the circle and the circle itself.
    expect(pages).toBeLessThanOrEqual(3 * 41);
    expect(accounts.size).toBe(1);
    // Asked again, the same execution says the same; another one begins anew.
    await expect(discover()).rejects.toMatchObject({ code: 'PAGES_REPEAT' });
    await expect(discover('run-2')).rejects.toMatchObject({ code: 'PAGES_REPEAT' });
    expect(pages).toBeGreaterThan(5);
  });

  it('lead elsewhere: the adapter’s refusal ends the execution, and the next one asks again', async () => {
    let isMended = false;
    const world = discoveryWorld({
      patients: 120,
      page: (bookmark, usual) => {
        if (bookmark === '50' && !isMended) throw new EhrRejectedError('PAGE_LINK_LEAVES_EHR');
        return usual(bookmark);
      },
    });
    await expect(world.discover()).rejects.toMatchObject({ code: 'PAGE_LINK_LEAVES_EHR' });
    expect(world.reading()).toMatchObject({ pages: 1, endedAt: null });
    isMended = true;
    await world.discover('run-2');
    expect(world.reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 120 });
  });

  it('are forgotten by the EHR: it starts over and skips known patients', async () => {
    let isForgotten = true;
    const { discover, reading } = discoveryWorld({
      patients: 120,
      page: (bookmark, usual) => {
        if (bookmark === '100' && isForgotten) {
          isForgotten = false;
          return null;
        }
        return usual(bookmark);
      },
    });
    await discover();
    expect(reading()).toMatchObject({ restarts: 1, pages: 5, stoppedBy: null, documents: 220 });
    expect(reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 120, KNOWN: 100 });
  });

  it('are forgotten each time: that ends', async () => {
    const { discover, reading } = discoveryWorld({
      patients: 120,
      page: (bookmark, usual) => (bookmark === null ? usual(null) : null),
    });
    await expect(discover()).rejects.toMatchObject({ name: 'EhrRejectedError', code: 'PAGES_LOST' });
    expect(reading()).toMatchObject({ restarts: 6, stoppedBy: 'PAGES_LOST', counts: { TRACKED: 50 } });
  });
});

describe('while others work', () => {
  it('staff sign between two of its calls: the newest PIN counts', async () => {
    const chart = new Map([['p-1', [byHand('old', 20)]]]);
    const { discover, accounts } = discoveryWorld({
      patients: 2,
      documents: (n) => chart.get(idOf(n)) ?? [byHand(`d-${n}`, 10)],
      after: (call) => {
        if (call === 'listSignedPins') chart.set('p-1', [byHand('new', 0)]);
      },
    });
    await discover();
    expect(accounts.get('p-1')).toMatchObject({ document: 'new' });
  });

  it('a webhook tracks the patient first: its record stays', async () => {
    const world = discoveryWorld({
      patients: 2,
      before: (call, about) => {
        if (call === 'pins.put' && about === 'p-1') world.know('p-1');
      },
    });
    await world.discover();
    expect(world.accounts.get('p-1')?.outcome).toBe('NOT_NEEDED');
    expect(world.reading()?.counts).toEqual({ ...NONE_COUNTED, TRACKED: 1, KNOWN: 1 });
  });

  it('a second execution takes the reading over, and the first one ends with its page', async () => {
    const world = discoveryWorld({ patients: 300 });
    let hasBegun = false;
    let second: Promise<number> | null = null;
    const { listSignedPins } = world.ports.ehr;
    world.ports.ehr.listSignedPins = async (bookmark) => {
      if (bookmark === '100' && !hasBegun) {
        hasBegun = true;
        second = world.discover('run-2');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return listSignedPins(bookmark);
    };
    expect(await world.discover('run-1')).toBe(1);
    await second;
    expect(world.readings()).toHaveLength(1);
    expect(world.reading()).toMatchObject({ execution: 'run-2', pages: 6, documents: 300, stoppedBy: null });
    expect(world.accounts.size).toBe(300);
  });

  it('a turn of an execution that lost its discovery to another reads nothing', async () => {
    const world = discoveryWorld({ patients: 500, pageMs: 200_000 });
    const cursor = await world.turn('run-1', null);
    await world.turn('run-2', null);
    world.state.calls.length = 0;
    expect(await world.turn('run-1', cursor)).toBeNull();
    expect(world.state.calls).toEqual(['discoveries.read']);
  });

  it.each([0, 3])(
    'an earlier try of the same turn is still at work, after %i pages: one of them is retried',
    async (pages) => {
      const world = discoveryWorld({ patients: 260, pageMs: pages === 0 ? 0 : 200_000 });
      const cursor = pages === 0 ? null : await world.turn('run-1', null);
      const tries = await Promise.allSettled([world.turn('run-1', cursor), world.turn('run-1', cursor)]);
      const reasons = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []));
      expect(reasons).toEqual(['RecordConflictError']);
      await world.discover('run-1');
      expect(world.accounts.size).toBe(260);
      expect(world.reading()?.documents).toBe(260);
    },
  );
});

/** Every call of a small reading: the Lambda dies before or after it took effect, and makes no call more. */
describe('killed at any call', () => {
  class Killed extends Error {}
  const PATIENTS = 7;
  function killedAt(at: number, when: 'before' | 'after') {
    const life = { calls: 0, isOver: false };
    const strike = (moment: 'before' | 'after') => {
      if (moment === 'before') life.calls += 1;
      if (life.calls === at && moment === when) life.isOver = true;
      if (life.isOver) throw new Killed();
    };
    const world = discoveryWorld({
      patients: PATIENTS,
      pageSize: 3,
      before: () => strike('before'),
      after: () => strike('after'),
      documents: (each) => (each === 4 ? [undated('u')] : [byHand(`d-${each}`, each * 10)]),
    });
    return { world, life };
  }

  it.each([
    ['before', 'run-1'],
    ['after', 'run-1'],
    ['before', 'run-2'],
    ['after', 'run-2'],
  ] as const)('%s it took effect, gone on with by %s: all are tracked, once', async (when, next) => {
    const quiet = killedAt(Number.POSITIVE_INFINITY, when);
    await quiet.world.discover();
    expect(quiet.world.accounts.size).toBe(PATIENTS);
    expect(quiet.life.calls).toBeGreaterThan(40);
    for (let at = 1; at <= quiet.life.calls; at++) {
      const { world, life } = killedAt(at, when);
      await expect(world.discover('run-1'), `call ${at}`).rejects.toThrow(Killed);
      life.isOver = false;
      await world.discover(next);
      expect(world.accounts, `call ${at}`).toEqual(quiet.world.accounts);
      expect(world.pins, `call ${at}`).toEqual(quiet.world.pins);
      const { counts, documents, stoppedBy, bookmark } = world.reading() ?? { counts: NONE_COUNTED };
      expect({ documents, stoppedBy, bookmark }).toEqual({ documents: PATIENTS, stoppedBy: null, bookmark: null });
      expect(counts.FAILED).toBe(0);
      expect(counts.TRACKED + counts.KNOWN + counts.UNCLEAR).toBe(PATIENTS);
    }
  });
});
