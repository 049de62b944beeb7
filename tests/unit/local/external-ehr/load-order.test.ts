import { describe, expect, it } from 'vitest';
import { type Identified, loadOrder } from '../../../../local/external-ehr/load-order.ts';

const resource = (id: string, ...references: string[]): Identified => ({
  resourceType: 'Basic',
  id,
  code: {},
  extension: references.map((each) => ({ url: 'x', valueReference: { reference: `Basic/${each}` } })),
});
const idsOf = (groups: Identified[][]) => groups.map((group) => group.map(({ id }) => id).toSorted());

describe('the order in which resources are created', () => {
  it('puts the target of a reference first', () => {
    expect(idsOf(loadOrder([resource('a', 'b'), resource('b', 'c'), resource('c')]))).toEqual([['c'], ['b'], ['a']]);
  });

  it('keeps a circle of references together', () => {
    const groups = loadOrder([resource('a', 'b'), resource('b', 'c'), resource('c', 'b', 'd'), resource('d')]);
    expect(idsOf(groups)).toEqual([['d'], ['b', 'c'], ['a']]);
  });

  it('takes no notice of a reference to what is not loaded, and keeps every resource once', () => {
    expect(idsOf(loadOrder([resource('a', 'elsewhere', 'a'), resource('b', 'a')]))).toEqual([['a'], ['b']]);
  });
});
