/** Access to the console and its API on AWS, and what a browser may do with it. */
import { Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { GROUPS } from '../../../../functions/admin/contract/practice.ts';
import { listOf, propertiesOf, type Statement, synthesized, textOf } from '../../../support/infra/synthesized.ts';

const { statelessTemplate, statefulTemplate } = synthesized();
const onlyOf = (template: typeof statelessTemplate, type: string): Record<string, unknown> => {
  const [first, ...others] = propertiesOf<Record<string, unknown>>(template, type).values();
  if (first === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return first;
};
const only = (type: string) => onlyOf(statelessTemplate, type);

describe('the staff’s user pool', () => {
  const pool = onlyOf(statefulTemplate, 'AWS::Cognito::UserPool');

  it('has no sign-up, and requires a second factor', () => {
    expect(pool.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
    expect(pool.MfaConfiguration).toBe('ON');
    expect(pool.EnabledMfas).toEqual(['SOFTWARE_TOKEN_MFA']);
    expect(pool.UserPoolAddOns).toEqual({ AdvancedSecurityMode: 'ENFORCED' });
    expect(pool.UserPoolTier).toBe('PLUS');
  });
  it('asks for long passwords, and lets an invitation run out', () => {
    expect(pool.Policies).toEqual({
      PasswordPolicy: {
        ...{ MinimumLength: 14, TemporaryPasswordValidityDays: 3 },
        ...{ RequireLowercase: true, RequireUppercase: true, RequireNumbers: true, RequireSymbols: true },
      },
    });
  });
  it('is not deleted in passing', () => {
    expect(pool.DeletionProtection).toBe('ACTIVE');
    expect(pool.UserPoolName).toBe('portal-pin');
  });
  it('has the groups that the function knows, and no other', () => {
    const groups = propertiesOf<{ GroupName: string }>(statefulTemplate, 'AWS::Cognito::UserPoolGroup');
    expect([...groups.values()].map(({ GroupName }) => GroupName)).toEqual([...GROUPS]);
  });
});

describe('the login', () => {
  const client = only('AWS::Cognito::UserPoolClient');

  it('is for the console’s page alone, by a code with PKCE: it has no secret and no other way in', () => {
    expect(client).toMatchObject({
      ...{ GenerateSecret: false, AllowedOAuthFlows: ['code'], AllowedOAuthFlowsUserPoolClient: true },
      ...{ AllowedOAuthScopes: ['openid'], SupportedIdentityProviders: ['COGNITO'] },
      ...{ CallbackURLs: ['https://pins.example.com/console/'], LogoutURLs: ['https://pins.example.com/console/'] },
      // With AWS credentials of the account alone.
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
    });
  });
  it('gives short-lived tokens, and does not reveal user names', () => {
    expect(client).toMatchObject({
      ...{ AccessTokenValidity: 15, IdTokenValidity: 15, RefreshTokenValidity: 600 },
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      ...{ EnableTokenRevocation: true, PreventUserExistenceErrors: 'ENABLED' },
    });
  });
  it('gives another refresh token at each use and voids the one before', () => {
    expect(client.RefreshTokenRotation).toEqual({ Feature: 'ENABLED', RetryGracePeriodSeconds: 10 });
  });
  it('takes no one from elsewhere where the deployment names no single sign-on', () => {
    statelessTemplate.resourceCountIs('AWS::Cognito::UserPoolIdentityProvider', 0);
  });
  it.each([
    [{ type: 'SAML', name: 'Hospital', metadataUrl: 'https://sso.example.com/metadata' } as const, 'MetadataURL'],
    [
      {
        type: 'OIDC',
        name: 'Hospital',
        issuer: 'https://sso.example.com',
        clientId: 'portal-pin',
        clientSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:sso-AbCdEf',
      } as const,
      'oidc_issuer',
    ],
  ])('takes the practice’s people by its single sign-on: %j', (federation, detail) => {
    const { statelessTemplate: federated } = synthesized({ federation });
    const [provider] = propertiesOf<Record<string, unknown>>(
      federated,
      'AWS::Cognito::UserPoolIdentityProvider',
    ).values();
    expect(provider).toMatchObject({ ProviderName: 'Hospital', ProviderType: federation.type });
    expect(Object.keys(Object(provider?.ProviderDetails))).toContain(detail);
    // A secret is read by CloudFormation, and stands in no template.
    const secret = Object(provider?.ProviderDetails).client_secret ?? '{{resolve:secretsmanager:}}';
    expect(secret).toMatch(/^\{\{resolve:secretsmanager:/);
    const [made] = propertiesOf<Record<string, unknown>>(federated, 'AWS::Cognito::UserPoolClient').values();
    expect(made?.SupportedIdentityProviders).toEqual(['COGNITO', 'Hospital']);
  });
  it('has a host name that no other account has', () => {
    expect(textOf(only('AWS::Cognito::UserPoolDomain').Domain)).toBe('portal-pin-111122223333');
  });
});

describe('the API', () => {
  it('takes an access token of this pool, made for this client', () => {
    const authorizer = only('AWS::ApiGatewayV2::Authorizer');
    expect(authorizer).toMatchObject({ AuthorizerType: 'JWT', IdentitySource: ['$request.header.Authorization'] });
    const { Issuer, Audience } = authorizer.JwtConfiguration as { Issuer: unknown; Audience: unknown[] };
    expect(textOf(Issuer)).toMatch(
      /^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/\{portal-pin-stateful:ExportsOutputRefStaff\w+\}$/,
    );
    expect(Audience.map(textOf)).toEqual([expect.stringMatching(/^\{LoginClient\w+\}$/)]);
  });
  it('on every route but the webhooks’', () => {
    const routes = [...propertiesOf<Record<string, unknown>>(statelessTemplate, 'AWS::ApiGatewayV2::Route').values()];
    const staff = routes.filter(({ RouteKey }) => String(RouteKey).includes('/api/'));
    expect(staff).toHaveLength(2);
    for (const { AuthorizationType, AuthorizerId } of staff) {
      expect([AuthorizationType, textOf(AuthorizerId)]).toEqual([
        'JWT',
        expect.stringMatching(/^\{ApiStaffAuthorizer/),
      ]);
    }
  });
  it('answers the console’s page alone', () => {
    const environments = [
      ...propertiesOf<{ Environment: { Variables: object } }>(statelessTemplate, 'AWS::Lambda::Function').values(),
    ];
    for (const { Environment } of environments) {
      expect(Environment.Variables).toMatchObject({ CONSOLE_ORIGINS: 'https://pins.example.com' });
    }
  });
});

const behaviour = z.looseObject({
  PathPattern: z.optional(z.string()),
  ViewerProtocolPolicy: z.string(),
  AllowedMethods: z.array(z.string()),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.optional(z.string()),
  TargetOriginId: z.string(),
});
const distributionConfig = z.looseObject({
  Aliases: z.array(z.string()),
  ViewerCertificate: z.looseObject({ MinimumProtocolVersion: z.string(), SslSupportMethod: z.string() }),
  DefaultCacheBehavior: behaviour,
  CacheBehaviors: z.array(behaviour),
  DefaultRootObject: z.string(),
  Origins: z.array(z.looseObject({ Id: z.string(), DomainName: z.unknown() })),
});

describe('the console’s site', () => {
  const config = z.parse(distributionConfig, only('AWS::CloudFront::Distribution').DistributionConfig);
  const originOf = (id: string) => config.Origins.find(({ Id }) => Id === id);

  it('answers under its own name, by TLS 1.2 at least', () => {
    expect(config.Aliases).toEqual(['pins.example.com']);
    expect(config.ViewerCertificate).toMatchObject({
      ...{ MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
      AcmCertificateArn: expect.stringMatching(/^arn:aws:acm:us-east-1:/),
    });
  });
  it('reads the page from a private bucket, and only by GET', () => {
    const { DefaultCacheBehavior: page } = config;
    expect(page).toMatchObject({ ViewerProtocolPolicy: 'redirect-to-https', AllowedMethods: ['GET', 'HEAD'] });
    expect(originOf(page.TargetOriginId)).toMatchObject({
      S3OriginConfig: { OriginAccessIdentity: '' },
      OriginAccessControlId: expect.anything(),
    });
    const bucket = only('AWS::S3::Bucket');
    expect(Object.values(bucket.PublicAccessBlockConfiguration as object)).toEqual([true, true, true, true]);
    expect(bucket).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const { Statement: statements } = only('AWS::S3::BucketPolicy').PolicyDocument as { Statement: Statement[] };
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Action, Principal }) => [Action, Principal])).toEqual([
      ['s3:GetObject', { Service: 'cloudfront.amazonaws.com' }],
    ]);
    expect(textOf(Object.values(allowed[0]?.Condition?.StringEquals ?? {})[0])).toMatch(
      /:cloudfront::\{AWS::AccountId\}:distribution\/\{ConsoleDistribution/,
    );
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denied.flatMap(({ Condition }) => Object.values(Condition ?? {}))).toEqual([
      { 'aws:SecureTransport': 'false' },
      { 's3:TlsVersion': 1.2 },
    ]);
    for (const { Action } of denied) expect(listOf(Action)).toEqual(['s3:*']);
  });
  it('hands /api on to the API as it came, over TLS, and keeps no answer', () => {
    const [api, ...others] = config.CacheBehaviors;
    expect(others).toEqual([]);
    expect(api).toMatchObject({
      ...{ PathPattern: '/api/*', ViewerProtocolPolicy: 'https-only' },
      // AWS's own: CachingDisabled; AllViewerExceptHostHeader.
      ...{
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      },
    });
    const origin = originOf(api?.TargetOriginId ?? '');
    expect(JSON.stringify(origin?.DomainName)).toContain('ApiEndpoint');
    expect(origin).toMatchObject({
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
  });
  it('logs no request: their paths name patients', () => {
    expect(config).not.toHaveProperty('Logging');
  });

  const { ResponseHeadersPolicyConfig: headers } = only('AWS::CloudFront::ResponseHeadersPolicy') as {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: Record<string, Record<string, unknown>>;
      CustomHeadersConfig: { Items: object[] };
    };
  };
  it('lets a browser take scripts, styles and answers from nowhere but here and the login', () => {
    const policy = textOf(headers.SecurityHeadersConfig.ContentSecurityPolicy?.ContentSecurityPolicy);
    const directives = Object.fromEntries(
      policy.split('; ').map((each) => [each.split(' ')[0], each.split(' ').slice(1).join(' ')]),
    );
    expect(directives).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'font-src': 'data:',
      'connect-src': `'self' https://cognito-idp.us-east-1.amazonaws.com https://portal-pin-111122223333.auth.us-east-1.amazoncognito.com`,
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(headers.SecurityHeadersConfig).toMatchObject({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, IncludeSubdomains: true, Override: true },
    });
  });
  it('on both of what it answers', () => {
    const policies = [config.DefaultCacheBehavior, ...config.CacheBehaviors].map(({ ResponseHeadersPolicyId: id }) =>
      textOf(id),
    );
    expect(policies).toEqual(Array(2).fill(expect.stringMatching(/^\{ConsoleHeaders/)));
  });

  describe('which file a path is', () => {
    const { FunctionCode } = only('AWS::CloudFront::Function') as { FunctionCode: string };
    type Asked = { uri: string } | { statusCode: number; headers: { location: { value: string } } };
    const handler = new Script(`${FunctionCode}; handler`).runInNewContext() as (event: object) => Asked;
    const ask = (uri: string) => {
      const answer = handler({ request: { uri, method: 'GET', headers: {}, querystring: {} } });
      return 'uri' in answer ? answer.uri : `${answer.statusCode} ${answer.headers.location.value}`;
    };

    it.each([
      ['/', '302 /console/'],
      ['/console', '302 /console/'],
      ['/favicon.ico', '302 /console/'],
      ['/console/', '/console/index.html'],
      ['/console/index.html', '/console/index.html'],
      ['/console/config.json', '/console/config.json'],
      ['/console/icon.svg', '/console/icon.svg'],
      ['/console/assets/index-Ab1Cd2.js', '/console/assets/index-Ab1Cd2.js'],
      ['/console/assets/', '/console/index.html'],
      ['/console/patients', '/console/index.html'],
      ['/console/patients/demo-001', '/console/index.html'],
      ['/console/patients/demo.001.json', '/console/index.html'],
      ['/console/executions/0f8f-1', '/console/index.html'],
    ])('%s: %s', (uri, file) => expect(ask(uri)).toBe(file));

    it('whatever comes is a file of the console, or leads to it', () => {
      fc.assert(
        fc.property(fc.webPath(), (path) => {
          expect(ask(path)).toMatch(/^(302 \/console\/|\/console\/(index\.html|assets\/[^/]+|[^/]+\.\w+))$/);
        }),
      );
    });
  });
});
