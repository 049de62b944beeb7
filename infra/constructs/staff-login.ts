import { Stack } from 'aws-cdk-lib';
import { CfnUserPoolClient, CfnUserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

export interface StaffLoginProps {
  userPoolId: string;
  /** Begins the login's host name, which no other account in the region may have. */
  prefix: string;
  /** Where the login leads back to: the console's page. */
  page: string;
}

/** The scopes of the console's token: who it is. What they may do is their groups. */
export const LOGIN_SCOPES = ['openid'] as const;

/**
 * The user pool's own login page, for the console alone: authorization code with PKCE. The console is a page that
 * everybody can read, so it has no secret.
 */
export class StaffLogin extends Construct {
  readonly clientId: string;
  /** Base URL of /oauth2/authorize, /oauth2/token and /logout. */
  readonly url: string;

  constructor(scope: Construct, id: string, { userPoolId, prefix, page }: StaffLoginProps) {
    super(scope, id);
    const client = new CfnUserPoolClient(this, 'Client', {
      userPoolId,
      clientName: 'console',
      generateSecret: false,
      // No way in but the login page, where the second factor and threat protection stand. Left out, Cognito adds its own.
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      supportedIdentityProviders: ['COGNITO'],
      allowedOAuthFlowsUserPoolClient: true,
      allowedOAuthFlows: ['code'],
      allowedOAuthScopes: [...LOGIN_SCOPES],
      callbackUrLs: [page],
      logoutUrLs: [page],
      // What is stolen of a page is of use for a quarter of an hour; a working day is one login.
      tokenValidityUnits: { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'minutes' },
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: 10 * 60,
      enableTokenRevocation: true,
      // Whoever guesses names learns nothing.
      preventUserExistenceErrors: 'ENABLED',
    });
    this.clientId = client.ref;
    const { account, region } = Stack.of(this);
    const domain = `${prefix}-${account}`;
    new CfnUserPoolDomain(this, 'Domain', { userPoolId, domain });
    this.url = `https://${domain}.auth.${region}.amazoncognito.com`;
  }
}
