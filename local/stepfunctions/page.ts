import { ServiceError } from '../http/aws-json.ts';

/** AWS's page size where none is asked for. */
const DEFAULT_PAGE = 100;

/**
 * One page of `items`, which stand in rising order of `positionOf` (whole numbers). The token holds the position of the
 * last item shown, so that items which are added meanwhile are neither repeated nor skipped.
 * @throws ServiceError InvalidToken for a token that was not given by this function.
 */
export function page<T>(
  items: readonly T[],
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
  positionOf: (item: T) => number,
): { items: T[]; nextToken?: string } {
  let rest = items;
  if (nextToken !== undefined) {
    const after = /^after:(-?\d+)$/.exec(Buffer.from(nextToken, 'base64url').toString())?.[1];
    if (after === undefined) throw new ServiceError('InvalidToken', `Invalid Token: '${nextToken}'`);
    rest = items.filter((item) => positionOf(item) > Number(after));
  }
  const shown = rest.slice(0, maxResults || DEFAULT_PAGE);
  const last = shown.at(-1);
  if (last === undefined || shown.length === rest.length) return { items: shown };
  return { items: shown, nextToken: Buffer.from(`after:${positionOf(last)}`).toString('base64url') };
}
