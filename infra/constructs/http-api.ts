import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnApi, CfnApiMapping, CfnAuthorizer, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface HttpApiProps {
  apiName: string;
  description: string;
  accessLog: ILogGroup;
  /** A host name that is there already (constructs/api-domain.ts); null: the one that API Gateway gives. */
  domain: string | null;
}

/** Access to a route: public, if the function verifies the sender itself, or with a token. */
export type RouteAuthorization = { authorizationType: 'NONE' } | { authorizationType: 'JWT'; authorizerId: string };

export interface Route {
  /** `POST /webhooks/ehr` */
  key: string;
  function: IFunction;
  /** What API Gateway lets through before it answers 429 itself: a second, and at once. */
  throttle: { rate: number; burst: number };
  authorization: RouteAuthorization;
}

/**
 * Longer than any function of ours that answers a request has (infra/tables/functions.ts), a cold start included: it ends by
 * its own answer.
 */
const INTEGRATION_TIMEOUT_MS = 10_000;

/** What may be known of a request: neither path nor address, which could tell of a patient. */
const ACCESS_LOG = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  integrationMilliseconds: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
};

/** Id of a route's constructs: POST-webhooks-ehr. */
export function routeIdOf(key: string): string {
  return key.replaceAll(/[^A-Za-z0-9]+/g, '-');
}

/** One stage. Made without routes, so that functions may know its address before they are routed to. */
export class HttpApi extends Construct {
  /** `https://….amazonaws.com`, without a slash at its end. */
  readonly endpoint: string;
  /** The address to be told to others: at the host name of its own where it has one. */
  readonly url: string;
  readonly apiId: string;
  private readonly stage: CfnStage;
  /** By route, as CloudFormation spells it: CDK hands this property on as it is. */
  private readonly settings: Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }> = {};

  constructor(scope: Construct, id: string, { apiName, description, accessLog, domain }: HttpApiProps) {
    super(scope, id);
    const api = new CfnApi(this, 'Resource', { name: apiName, description, protocolType: 'HTTP' });
    this.apiId = api.ref;
    this.endpoint = api.attrApiEndpoint;
    this.url = domain === null ? this.endpoint : `https://${domain}`;
    this.stage = new CfnStage(this, 'Stage', {
      apiId: this.apiId,
      stageName: '$default',
      autoDeploy: true,
      // Default for a route without its own setting: next to nothing.
      defaultRouteSettings: { throttlingRateLimit: 1, throttlingBurstLimit: 1 },
      routeSettings: Lazy.any({ produce: () => this.settings }),
      accessLogSettings: { destinationArn: accessLog.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
    });
    if (domain !== null) {
      const to = { domainName: domain, apiId: this.apiId, stage: '$default' };
      new CfnApiMapping(this, 'Mapping', to).addResourceDependency(this.stage);
    }
  }

  /** For routes that take an access token of the issuer, made for the client. */
  bearerOf(name: string, { issuer, clientId }: { issuer: string; clientId: string }): RouteAuthorization {
    const authorizer = new CfnAuthorizer(this, `${name}Authorizer`, {
      apiId: this.apiId,
      name,
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: [clientId] },
    });
    return { authorizationType: 'JWT', authorizerId: authorizer.ref };
  }

  /** Lets the function answer the route, and be called for that route alone. */
  route({ key, function: handler, throttle, authorization }: Route): void {
    const [method, path] = key.split(' ');
    const scope = new Construct(this, routeIdOf(key));
    const integration = new CfnIntegration(scope, 'Integration', {
      apiId: this.apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: handler.functionArn,
      payloadFormatVersion: '2.0',
      timeoutInMillis: INTEGRATION_TIMEOUT_MS,
    });
    const route = new CfnRoute(scope, 'Route', {
      apiId: this.apiId,
      routeKey: key,
      target: `integrations/${integration.ref}`,
      ...authorization,
    });
    new CfnPermission(scope, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionArn,
      principal: new ServicePrincipal('apigateway.amazonaws.com').service,
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.apiId,
        resourceName: `$default/${method}${path}`,
      }),
    });
    this.settings[key] = { ThrottlingRateLimit: throttle.rate, ThrottlingBurstLimit: throttle.burst };
    // A stage refuses settings of a route that is not there yet.
    this.stage.addResourceDependency(route);
  }
}
