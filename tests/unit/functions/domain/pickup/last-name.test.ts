import { describe, expect, it } from 'vitest';
import { hasLastName, isLastName } from '../../../../../functions/domain/pickup/last-name.ts';

describe('a last name is one of the chart’s', () => {
  it.each([
    ['Muñoz', 'Muñoz'],
    ['munoz', 'Muñoz'],
    [' MUÑOZ ', 'Munoz'],
    ['Mun\u0303oz', 'Mu\u00f1oz'],
    ['ORourke', 'O’Rourke'],
    ["o'rourke", 'ORourke'],
    ['Fernández Peña', 'Fernández Peña'],
    ['Fernandez-Peña', 'Fernández Peña'],
    ['Fernandez', 'Fernández Peña'],
    ['pena', 'Fernández Peña'],
    ['Van Dyke', 'Van Dyke'],
    ['vandyke', 'Van Dyke'],
    ['Dyke', 'Van Dyke'],
    ['De la Cruz', 'de la Cruz'],
    ['Cruz', 'de la Cruz'],
    ['Strauss', 'Strauß'],
    ['Sorensen', 'Sørensen'],
    ['Walesa', 'Wałęsa'],
    ['Smith', 'Smith Jr.'],
    ['李', '李'],
  ])('%s is %s', (typed, known) => expect(isLastName(typed, ['Other', known])).toBe(true));

  it.each([
    ['', 'Muñoz'],
    [' -’ ', 'Muñoz'],
    ['Mun', 'Muñoz'],
    ['Muñozz', 'Muñoz'],
    ['Van', 'Van Dyke'],
    ['de', 'de la Cruz'],
    ['la', 'de la Cruz'],
    ['Jr', 'Smith Jr.'],
    ['O', "O'Rourke"],
    ['Peña Fernández', 'Fernández Peña'],
    ['x', ''],
    ['', ''],
  ])('%j is not %j', (typed, known) => expect(isLastName(typed, [known])).toBe(false));
});

it('says whether the chart has any', () => {
  expect([hasLastName([]), hasLastName(['']), hasLastName([' - ']), hasLastName(['', 'Ng'])]).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
