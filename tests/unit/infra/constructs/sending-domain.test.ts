import { describe, expect, it } from 'vitest';
import { readDeployment } from '../../../../infra/deployment.ts';
import { EXAMPLE, propertiesOf, synthesized, textOf } from '../../../support/infra/synthesized.ts';

const email = (dedicated: boolean) => ({ email: { identity: 'example.com', dedicated } });

describe('a sending domain of its own', () => {
  const { statefulTemplate, statelessTemplate } = synthesized(email(true));
  const [identity] = propertiesOf<Record<string, unknown>>(statefulTemplate, 'AWS::SES::EmailIdentity').values();

  it('signs by DKIM, has an envelope of its own, and stays when the stack goes', () => {
    expect(identity).toMatchObject({
      EmailIdentity: 'example.com',
      DkimAttributes: { SigningEnabled: true },
      MailFromAttributes: { MailFromDomain: 'bounce.example.com', BehaviorOnMxFailure: 'REJECT_MESSAGE' },
    });
    const resources = Object.values(statefulTemplate.findResources('AWS::SES::EmailIdentity'));
    expect(resources.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['RetainExceptOnCreate']);
  });
  it('is no part of the stack that is thrown away', () => {
    statelessTemplate.resourceCountIs('AWS::SES::EmailIdentity', 0);
  });
  it('prints each record that DNS needs: DKIM, MAIL FROM, SPF and DMARC', () => {
    const outputs = Object.entries(statefulTemplate.findOutputs('*')).filter(([name]) => name.startsWith('MailDns'));
    const id = 'SendingDomain\\w+\\.DkimDNSToken';
    expect(outputs.map(([, { Value }]) => textOf(Value))).toEqual([
      ...[1, 2, 3].map((n) => expect.stringMatching(new RegExp(`^\\{${id}Name${n}\\} CNAME \\{${id}Value${n}\\}$`))),
      'bounce.example.com MX 10 feedback-smtp.us-east-1.amazonses.com',
      'bounce.example.com TXT "v=spf1 include:amazonses.com -all"',
      '_dmarc.example.com TXT "v=DMARC1; p=reject"',
    ]);
  });
});

it('an identity that others use is left as it is: nothing makes it, and nothing sets its defaults', () => {
  expect(readDeployment(EXAMPLE).email.dedicated).toBe(false);
  for (const template of Object.values(synthesized(email(false)))) {
    if ('findResources' in template) expect(template.findResources('AWS::SES::EmailIdentity')).toEqual({});
  }
});
