/** What every page may ask: the API, the place where the console runs, the practice's time, and who looks. */
import { createContext, useContext } from 'react';
import type { Api } from './client.ts';
import type { Site } from './site.ts';

interface Surroundings {
  api: Api;
  site: Site;
  /** null where nobody logs in. */
  signOut: (() => void) | null;
  /** For whose session has ended; null where nobody logs in. */
  signIn: (() => void) | null;
}

const SurroundingsContext = createContext<Surroundings | null>(null);
export const SurroundingsProvider = SurroundingsContext.Provider;

export function useSurroundings(): Surroundings {
  const surroundings = useContext(SurroundingsContext);
  if (surroundings === null) throw new Error('outside of SurroundingsProvider');
  return surroundings;
}
