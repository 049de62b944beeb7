/** Startup before the first page: site settings and sign-in. Each can fail, and says so. */
import Alert from '@cloudscape-design/components/alert';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { BrowserRouter } from 'react-router';
import { createApi } from '../api/client.ts';
import { SurroundingsProvider } from '../api/context.tsx';
import { createQueryClient } from '../api/live.ts';
import { readSite, type Site, SiteError } from '../api/site.ts';
import { App } from './app.tsx';
import { Before, Waiting } from './before.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

// The local platform has no login, so it does not load this module.
const Login = lazy(() => import('./login.tsx'));

const AGAIN_AFTER_MS = 2_000;

export function Start() {
  const [client] = useState(createQueryClient);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={client}>
        <BrowserRouter basename={import.meta.env.BASE_URL}>
          <ErrorBoundary>
            <AtSite />
          </ErrorBoundary>
        </BrowserRouter>
      </QueryClientProvider>
    </I18nProvider>
  );
}

function AtSite() {
  const { data: site, error } = useQuery({
    queryKey: ['site'],
    queryFn: readSite,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) =>
      state.status === 'success' || state.error instanceof SiteError ? false : AGAIN_AFTER_MS,
  });
  if (site !== undefined) return site.auth === null ? <Open site={site} /> : <Behind site={site} />;
  if (error instanceof SiteError) {
    return (
      <Before>
        <Alert type="error" header="This console is not set up right">
          Its config.json cannot be used; deploy again. {error.message}
        </Alert>
      </Before>
    );
  }
  if (error !== null) {
    return (
      <Before>
        <Alert type="warning" header="Portal PIN does not answer">
          The page resumes automatically as soon as it does.
        </Alert>
      </Before>
    );
  }
  return <Waiting />;
}

function Open({ site }: { site: Site }) {
  const [api] = useState(() => createApi(() => null));
  return (
    <SurroundingsProvider value={{ api, site, signOut: null, signIn: null }}>
      <App />
    </SurroundingsProvider>
  );
}

function Behind({ site }: { site: Site }) {
  return (
    <Suspense fallback={<Waiting />}>
      <Login site={site} />
    </Suspense>
  );
}
