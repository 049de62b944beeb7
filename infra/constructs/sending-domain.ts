import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnEmailIdentity } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';

/**
 * A domain that sends this practice's PIN mails and nothing else, e.g. `pins.example.org`: what it sends is judged by
 * itself, and no setting of it touches the practice's other mail. Its DNS records are outputs of the stack; SES
 * verifies the domain when they are there. https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export class SendingDomain extends Construct {
  constructor(scope: Construct, id: string, domain: string) {
    super(scope, id);
    // The envelope's domain, so that SPF is aligned with the From as DKIM is.
    const mailFrom = `bounce.${domain}`;
    const identity = new CfnEmailIdentity(this, 'Resource', {
      emailIdentity: domain,
      dkimAttributes: { signingEnabled: true },
      dkimSigningAttributes: { nextSigningKeyLength: 'RSA_2048_BIT' },
      // Without the MX record no mail leaves, rather than one that is not aligned.
      mailFromAttributes: { mailFromDomain: mailFrom, behaviorOnMxFailure: 'REJECT_MESSAGE' },
      // Bounces come as events.
      feedbackAttributes: { emailForwardingEnabled: false },
    });
    // Made anew it would have other DKIM keys, and other DNS records.
    identity.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    const dkim = [
      [identity.attrDkimDnsTokenName1, identity.attrDkimDnsTokenValue1],
      [identity.attrDkimDnsTokenName2, identity.attrDkimDnsTokenValue2],
      [identity.attrDkimDnsTokenName3, identity.attrDkimDnsTokenValue3],
    ];
    const { region } = Stack.of(this);
    const records = [
      ...dkim.map(([name, value]) => `${name} CNAME ${value}`),
      `${mailFrom} MX 10 feedback-smtp.${region}.amazonses.com`,
      `${mailFrom} TXT "v=spf1 include:amazonses.com -all"`,
      `_dmarc.${domain} TXT "v=DMARC1; p=reject"`,
    ];
    for (const [index, value] of records.entries())
      new CfnOutput(scope, `MailDnsRecord${index + 1}`, { value, description: 'Put this record into your DNS' });
  }
}
