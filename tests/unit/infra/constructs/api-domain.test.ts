import { describe, expect, it } from 'vitest';
import { propertiesOf, synthesized, textOf } from '../../../support/infra/synthesized.ts';

const api = {
  domain: 'pin-api.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
};
const outputOf = (template: ReturnType<typeof synthesized>['statelessTemplate'], name: string) =>
  textOf(template.findOutputs(name)[name]?.Value);

describe('an API with a host name of its own', () => {
  const { statefulTemplate, statelessTemplate } = synthesized({ api });

  it('has the name in the stack that stays, with TLS 1.2 at least, and says where DNS must lead', () => {
    const [[, name] = []] = propertiesOf<Record<string, unknown>>(statefulTemplate, 'AWS::ApiGatewayV2::DomainName');
    expect(name).toMatchObject({
      DomainName: 'pin-api.example.com',
      DomainNameConfigurations: [{ CertificateArn: api.certificateArn, SecurityPolicy: 'TLS_1_2' }],
    });
    const resources = Object.values(statefulTemplate.findResources('AWS::ApiGatewayV2::DomainName'));
    expect(resources.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['RetainExceptOnCreate']);
    expect(outputOf(statefulTemplate, 'ApiTarget')).toMatch(/^\{ApiDomain\w+\.RegionalDomainName\}$/);
  });
  it('is mapped to it by the stack that can be made again', () => {
    const [mapping] = propertiesOf<Record<string, unknown>>(
      statelessTemplate,
      'AWS::ApiGatewayV2::ApiMapping',
    ).values();
    expect(mapping).toMatchObject({ DomainName: 'pin-api.example.com', Stage: '$default' });
    expect(textOf(mapping?.ApiId)).toMatch(/^\{Api/);
  });
  it('is what links in mails, the EHR and the outputs say: no address of theirs ends with the API', () => {
    const functions = [
      ...propertiesOf<{ Environment: { Variables: Record<string, unknown> } }>(
        statelessTemplate,
        'AWS::Lambda::Function',
      ).values(),
    ];
    for (const { Environment } of functions)
      expect(Environment.Variables.PICKUP_URL).toBe('https://pin-api.example.com/pickup');
    expect(outputOf(statelessTemplate, 'EhrWebhookUrl')).toBe('https://pin-api.example.com/webhooks/ehr');
    expect(outputOf(statelessTemplate, 'PickupUrl')).toBe('https://pin-api.example.com/pickup');
  });
});

it('a test deployment without one answers at the API’s own address', () => {
  const { statefulTemplate, statelessTemplate } = synthesized({ api: null });
  statefulTemplate.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
  statelessTemplate.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 0);
  expect(outputOf(statelessTemplate, 'EhrWebhookUrl')).toMatch(/^\{Api\w*\.ApiEndpoint\}\/webhooks\/ehr$/);
});
