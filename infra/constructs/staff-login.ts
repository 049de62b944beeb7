import { Duration, SecretValue, Stack } from 'aws-cdk-lib';
import { CfnUserPoolClient, CfnUserPoolDomain, CfnUserPoolIdentityProvider } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

export interface StaffLoginProps {
  userPoolId: string;
  /** Begins the login's host name, which no other account in the region may have. */
  prefix: string;
  /** Where the login leads back to: the console's page. */
  page: string;
  /** The practice's own single sign-on, beside the pool's people; null: none. */
  federation: Federation | null;
}

export type Federation = NonNullable<Deployment['federation']>;

/** The longest session: the first refresh token lives so long, and one that takes its place no longer. */
const SESSION = Duration.hours(10);

/** Where a claim of the identity provider has the address, which the pool demands of each person. */
const EMAIL = { SAML: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress', OIDC: 'email' } as const;

/** Scopes of the console's token: identity only. Groups give the permissions. */
export const LOGIN_SCOPES = ['openid'] as const;

/**
 * The user pool's own login page, for the console alone: authorization code with PKCE. The console is a page that
 * anyone can read, so it has no secret.
 */
export class StaffLogin extends Construct {
  readonly clientId: string;
  /** Base URL of /oauth2/authorize, /oauth2/token and /logout. */
  readonly url: string;

  constructor(scope: Construct, id: string, { userPoolId, prefix, page, federation }: StaffLoginProps) {
    super(scope, id);
    const provider = federation === null ? null : this.provider(userPoolId, federation);
    const client = new CfnUserPoolClient(this, 'Client', {
      userPoolId,
      clientName: 'console',
      generateSecret: false,
      // No way in but the login page, where the second factor and threat protection stand. Left out, Cognito adds its own,
      // one of which excludes rotation; this one takes AWS credentials of the account.
      explicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
      supportedIdentityProviders: ['COGNITO', ...(federation === null ? [] : [federation.name])],
      allowedOAuthFlowsUserPoolClient: true,
      allowedOAuthFlows: ['code'],
      allowedOAuthScopes: [...LOGIN_SCOPES],
      callbackUrLs: [page],
      logoutUrLs: [page],
      // A working day is one login. A stolen access token serves a quarter of an hour. A stolen refresh token serves until
      // the page, or the thief, uses it next: then it is void, and the other one is signed out.
      refreshTokenRotation: { feature: 'ENABLED', retryGracePeriodSeconds: 10 },
      tokenValidityUnits: { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'minutes' },
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: SESSION.toMinutes(),
      enableTokenRevocation: true,
      // Guessing user names reveals nothing.
      preventUserExistenceErrors: 'ENABLED',
    });
    if (provider !== null) client.addResourceDependency(provider);
    this.clientId = client.ref;
    const { account, region } = Stack.of(this);
    const domain = `${prefix}-${account}`;
    new CfnUserPoolDomain(this, 'Domain', { userPoolId, domain });
    this.url = `https://${domain}.auth.${region}.amazoncognito.com`;
  }
  /**
   * Each person of it gets into the pool at the first login, without a group, and is put into one by hand. The second factor is the
   * provider's. https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html
   */
  private provider(userPoolId: string, federation: Federation): CfnUserPoolIdentityProvider {
    const details =
      federation.type === 'SAML'
        ? { MetadataURL: federation.metadataUrl, IDPSignout: 'true', EncryptedResponses: 'true' }
        : {
            oidc_issuer: federation.issuer,
            client_id: federation.clientId,
            // CloudFormation reads it when it deploys; no template has it.
            client_secret: SecretValue.secretsManager(federation.clientSecretArn).unsafeUnwrap(),
            authorize_scopes: 'openid email',
            attributes_request_method: 'GET',
          };
    return new CfnUserPoolIdentityProvider(this, 'Provider', {
      userPoolId,
      providerName: federation.name,
      providerType: federation.type,
      providerDetails: details,
      attributeMapping: { email: EMAIL[federation.type] },
    });
  }
}
