import { Duration, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface ConsoleSiteProps {
  /** The console's own host name, and its certificate in us-east-1, where CloudFront looks. */
  domain: string;
  certificateArn: string;
  /** `https://….amazonaws.com` of the HTTP API; `/api/…` goes there. */
  apiEndpoint: string;
  /** Origins that the page asks besides its own: the login’s. */
  loginOrigins: readonly string[];
}

/** Below it lies the page, on AWS as on one machine. */
export const CONSOLE_PATH = '/console/';

/**
 * Which file a path is: what lies directly below the console and has a suffix, and its assets. Every other path below it
 * is the page's own business, an id with a dot in it too; whatever lies elsewhere leads to the page.
 */
const PATHS = `function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('${CONSOLE_PATH}') !== 0) {
    return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '${CONSOLE_PATH}' } } };
  }
  if (!/^\\/console\\/(assets\\/[^\\/]+|[^\\/]+\\.(json|svg|png|ico|html|txt))$/.test(request.uri)) {
    request.uri = '${CONSOLE_PATH}index.html';
  }
  return request;
}
`;

/** Two years, as the preload list asks for. */
const HSTS = Duration.days(730);

/**
 * The console's page: a private bucket behind CloudFront, and the API on the same origin, so that the page calls no
 * else but the login. It logs no requests: their paths name patients, and API Gateway logs each by its route.
 */
export class ConsoleSite extends Construct {
  readonly bucketName: string;
  /** Where the console's host name must lead: a CNAME of it. */
  readonly target: string;

  constructor(scope: Construct, id: string, props: ConsoleSiteProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // A page that was published by mistake can be taken back.
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
      // The page is built anew in a minute; a bucket that holds something is not deleted by CloudFormation, though.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const headers = this.headersPolicy(props);
    const paths = new EdgeFunction(this, 'Paths', {
      code: FunctionCode.fromInline(PATHS),
      runtime: FunctionRuntime.JS_2_0,
      comment: 'Portal PIN: which file of the console a path is',
    });
    const secure = { viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY, responseHeadersPolicy: headers };
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Portal PIN: console and admin API',
      domainNames: [props.domain],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      // North America and Europe: the staff work near the practice.
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultRootObject: `${CONSOLE_PATH.slice(1)}index.html`,
      defaultBehavior: {
        ...secure,
        // People type host names without a scheme.
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        // CDK's own types disagree about what a bucket may leave undefined.
        origin: S3BucketOrigin.withOriginAccessControl(bucket as unknown as IBucket),
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        functionAssociations: [{ function: paths, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        '/api/*': {
          ...secure,
          origin: new HttpOrigin(Fn.select(2, Fn.split('/', props.apiEndpoint)), {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
            originSslProtocols: [OriginSslPolicy.TLS_V1_2],
          }),
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // API Gateway answers under its own name alone; all else reaches it, the token among it.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });
    this.bucketName = bucket.bucketName;
    this.target = distribution.distributionDomainName;
  }

  private headersPolicy({ loginOrigins }: ConsoleSiteProps): ResponseHeadersPolicy {
    const policy = {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      // Cloudscape's style sheet holds fonts and some pictures itself.
      'img-src': "'self' data:",
      'font-src': 'data:',
      'connect-src': ["'self'", ...loginOrigins].join(' '),
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    };
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: Object.entries(policy)
            .map(([name, value]) => `${name} ${value}`)
            .join('; '),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        // An address of ours names a patient.
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: HSTS, includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
          { header: 'cross-origin-resource-policy', value: 'same-origin', override: true },
          { header: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
        ],
      },
      comment: 'Portal PIN: what a browser may do with the console',
    });
  }
}
