/** What `config.json` beside the console says about the place where it runs. */
import * as z from 'zod/mini';
import { type ConsoleConfig, consoleConfig } from '../../functions/admin/contract.ts';

const local = z.strictObject({
  /** Base of what local/console/local-api-contract.ts describes. */
  api: z.string(),
  clock: z.string(),
  mailbox: z.string(),
});

const site = z.strictObject({ ...consoleConfig.shape, local: z._default(z.nullable(local), null) });
export interface Site extends ConsoleConfig {
  /** null: not on one machine. */
  local: z.infer<typeof local> | null;
}

/** Without this file there is no login, and only the API is available. */
const BARE: Site = { api: '/api', auth: null, local: null };

/** The file is there and says nothing that can be used: a mistake of the deployment. */
export class SiteError extends Error {
  override readonly name = 'SiteError';
}

/** @throws SiteError; TypeError or TimeoutError without an answer */
export async function readSite(): Promise<Site> {
  const response = await fetch(`${import.meta.env.BASE_URL}config.json`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status === 404) return BARE;
  if (!response.ok) throw new TypeError(`config.json: ${response.status}`);
  // A site that answers every path with the page has no such file either.
  if (!response.headers.get('content-type')?.includes('json')) return BARE;
  const result = z.safeParse(site, await response.json().catch(() => null));
  if (!result.success) throw new SiteError(z.prettifyError(result.error));
  return result.data;
}
