import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import { type Conversions, withConversion } from '../../../../../functions/domain/case/conversion.ts';
import { attemptOf, executionName } from '../../../../../functions/domain/identity.ts';

const AT = '2026-06-15T12:00:00Z';
const account = (more: Partial<Account>): Account => ({ ...newAccount('p1'), location: 'org-1', issuedBy: 3, ...more });
const counted = (...accounts: Account[]) =>
  accounts.reduce<Conversions>((conversions, each) => withConversion(conversions, each, 3), {});

describe('what came of a sweep’s PINs', () => {
  it('is counted by location: issued, picked up, registered', () => {
    expect(
      counted(
        account({}),
        account({ pickedUpAt: AT }),
        account({ pickedUpAt: AT, registeredAt: AT }),
        account({ location: 'org-2', registeredAt: AT }),
        account({ location: null }),
      ),
    ).toEqual({
      'org-1': { issued: 3, pickedUp: 2, registered: 1, replaced: 0 },
      'org-2': { issued: 1, pickedUp: 0, registered: 1, replaced: 0 },
      NONE: { issued: 1, pickedUp: 0, registered: 0, replaced: 0 },
    });
  });

  it.each<[string, Partial<Account>]>([
    ['made by hand', { issuedBy: null, registeredAt: AT }],
    ['made before: this execution signed none', { issuedBy: 2, registeredAt: AT }],
  ])('is nothing for a PIN that was %s', (_what, more) => expect(counted(account(more))).toEqual({}));

  it('is told apart from what came of a newer one', () => {
    const newer = account({ issuedBy: 4, pickedUpAt: AT, registeredAt: AT });
    expect(counted(newer, account({}))).toEqual({ 'org-1': { issued: 1, pickedUp: 0, registered: 0, replaced: 1 } });
  });
});

describe('the number of an execution', () => {
  it('is the one that names it', () => {
    for (const attempt of [1, 12, 345]) expect(attemptOf(executionName('p1', attempt))).toBe(attempt);
  });
  it.each(['by-hand', 'by-hand-x', '', '7'])('is none in %j', (name) => expect(attemptOf(name)).toBeNull());
});
