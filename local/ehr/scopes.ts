/** SMART v2 system scopes, and what of them a request to the chart needs. */
import type { EhrRequest } from './request.ts';

/** One letter of `cruds` on one type. */
export interface Permission {
  type: string;
  letter: 'c' | 'r' | 'u' | 'd' | 's';
}

const SCOPE = /^system\/(\*|[A-Z][A-Za-z]+)\.(?=.)(c?r?u?d?s?)$/;

/** Whether a token of these scopes may do that. */
export function mayDo(scopes: readonly string[], { type, letter }: Permission): boolean {
  return scopes.some((scope) => {
    const [, on, letters] = SCOPE.exec(scope) ?? [];
    return (on === '*' || on === type) && (letters?.includes(letter) ?? false);
  });
}

/** Whether a client with `scopes` may request a token with this one. */
export function mayAskFor(scopes: readonly string[], scope: string): boolean {
  const [, type, letters] = SCOPE.exec(scope) ?? [];
  if (type === undefined || letters === undefined) return false;
  return [...letters].every((letter) => mayDo(scopes, { type, letter: letter as Permission['letter'] }));
}

/** What a request needs; of a batch or transaction, everything that its entries need. */
export function neededBy({ method, route, url, headers, body }: EhrRequest): Permission[] {
  if (route !== '') return permissionsOf(method, url, headers['if-none-exist'] !== undefined);
  const { entry } = (body ?? {}) as { entry?: unknown };
  if (!Array.isArray(entry)) return [];
  return entry.flatMap((each) => {
    const { method: asked, url: where, ifNoneExist } = each?.request ?? {};
    return permissionsOf(String(asked), String(where), ifNoneExist !== undefined);
  });
}

function permissionsOf(method: string, url: string, isConditional: boolean): Permission[] {
  const [type = '', id] = (url.split('?')[0] ?? '').split('/').filter(Boolean);
  // Found by a search instead of by its id.
  const search: Permission[] = [{ type, letter: 's' }];
  const isSearched = id === undefined || id.startsWith('_');
  switch (method) {
    case 'POST':
      if (id === '_search') return search;
      return [{ type, letter: 'c' }, ...(isConditional ? search : [])];
    case 'PUT':
    case 'PATCH':
      return [{ type, letter: 'u' }, ...(isSearched ? search : [])];
    case 'DELETE':
      return [{ type, letter: 'd' }, ...(isSearched ? search : [])];
    default:
      return isSearched ? search : [{ type, letter: 'r' }];
  }
}
