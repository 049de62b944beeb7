/** What every page needs: the API, the site's settings, the practice's time, and the signed-in user. */
import { createContext, useContext } from 'react';
import type { Api } from './client.ts';
import type { Site } from './site.ts';

interface Surroundings {
  api: Api;
  site: Site;
  /** null without a login. */
  signOut: (() => void) | null;
  /** Signs in again after the session ended; null without a login. */
  signIn: (() => void) | null;
}

const SurroundingsContext = createContext<Surroundings | null>(null);
export const SurroundingsProvider = SurroundingsContext.Provider;

export function useSurroundings(): Surroundings {
  const surroundings = useContext(SurroundingsContext);
  if (surroundings === null) throw new Error('outside of SurroundingsProvider');
  return surroundings;
}
