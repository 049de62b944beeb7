import { CfnOutput, RemovalPolicy } from 'aws-cdk-lib';
import { CfnDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';

export interface ApiDomainProps {
  /** Host name of the API, and its certificate in the deployment's region. */
  domain: string;
  certificateArn: string;
}

/**
 * The API's own host name, which links in mails and the EHR's webhooks lead to. It outlives the API behind it: the other
 * stack maps its API to it, and can be deleted and made again without a change of DNS.
 */
export class ApiDomain extends Construct {
  constructor(scope: Construct, id: string, { domain, certificateArn }: ApiDomainProps) {
    super(scope, id);
    const name = new CfnDomainName(this, 'Resource', {
      domainName: domain,
      domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
    });
    name.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    const description = `Put a CNAME from ${domain} to it into your DNS`;
    new CfnOutput(scope, 'ApiTarget', { value: name.attrRegionalDomainName, description });
  }
}
