/** On AWS: the user pool's login, authorization code with PKCE. The token stays in this tab's session. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { WebStorageStateStore } from 'oidc-client-ts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { AuthProvider, useAuth } from 'react-oidc-context';
import { useNavigate } from 'react-router';
import { forgetDrafts } from '../actions/draft.ts';
import { createApi } from '../api/client.ts';
import { SurroundingsProvider } from '../api/context.tsx';
import type { Site } from '../api/site.ts';
import { App } from './app.tsx';
import { Before, Waiting } from './before.tsx';

const LOGIN_TIMEOUT_S = 5;

type Auth = NonNullable<Site['auth']>;

export default function Login({ site }: { site: Site }) {
  return site.auth === null ? null : <LoginOf site={site} auth={site.auth} />;
}

function LoginOf({ site, auth }: { site: Site; auth: Auth }) {
  const navigate = useNavigate();
  const home = `${location.origin}${import.meta.env.BASE_URL}`;
  return (
    <AuthProvider
      authority={auth.issuer}
      client_id={auth.clientId}
      redirect_uri={home}
      scope={auth.scopes.join(' ')}
      response_type="code"
      automaticSilentRenew
      // The library itself would wait for ever: a login that says nothing for so long is down.
      requestTimeoutInSeconds={LOGIN_TIMEOUT_S}
      userStore={new WebStorageStateStore({ store: sessionStorage })}
      // Where a login was given up, the page that was wanted stays with the tab, not on a shared desk's disk.
      stateStore={new WebStorageStateStore({ store: sessionStorage })}
      // Back to where the person wanted to go, without the code in the address.
      onSigninCallback={(user) => void navigate(typeof user?.state === 'string' ? user.state : '/', { replace: true })}
    >
      <SignedIn site={site} auth={auth} home={home} />
    </AuthProvider>
  );
}

function SignedIn({ site, auth, home }: { site: Site; auth: Auth; home: string }) {
  const { isLoading, isAuthenticated, activeNavigator, error, user, signinRedirect, removeUser, revokeTokens } =
    useAuth();
  const token = useRef<string | null>(null);
  token.current = user?.access_token ?? null;
  const [api] = useState(() => createApi(() => token.current));
  const [isLeaving, setIsLeaving] = useState(false);
  const isBusy = isLoading || activeNavigator !== undefined || isLeaving;
  const mustSignIn = !isBusy && !isAuthenticated && error === undefined;
  const signIn = useCallback(() => {
    const wanted = location.pathname.slice(import.meta.env.BASE_URL.length - 1) + location.search;
    void signinRedirect({ state: wanted });
  }, [signinRedirect]);
  useEffect(() => {
    if (mustSignIn) signIn();
  }, [mustSignIn, signIn]);

  // If a token cannot be renewed during work, the page stays: the API's refusal is shown above it.
  if (error !== undefined && !isAuthenticated) {
    return (
      <Before>
        <Alert type="error" header="You could not be signed in" action={<Button onClick={signIn}>Sign in</Button>}>
          {error.message}
        </Alert>
      </Before>
    );
  }
  if (!isAuthenticated || isLeaving) return <Waiting />;
  // Cognito ends its own session only at its own address.
  const signOut = () => {
    setIsLeaving(true);
    forgetDrafts();
    const query = new URLSearchParams({ client_id: auth.clientId, logout_uri: home });
    // Without an answer in time the token is dropped anyway and expires on its own.
    const revoked = revokeTokens(['refresh_token']).catch(() => undefined);
    void revoked.then(removeUser).then(() => location.assign(`${auth.login}/logout?${query}`));
  };
  return (
    <SurroundingsProvider value={{ api, site, signOut, signIn }}>
      <App />
    </SurroundingsProvider>
  );
}
