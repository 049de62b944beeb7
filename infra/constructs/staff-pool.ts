import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  StandardThreatProtectionMode,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

/** What each group may do; the function checks it (functions/admin/caller.ts). */
const GROUPS = {
  viewer: 'Sees cases, executions, sweeps and the practice’s settings',
  operator: 'Sees what viewers see, and acts: regenerate, redrive, resend, release, acknowledge, sweep, pause',
} as const;

/**
 * The staff's user pool for the console. There is no sign-up: an administrator creates each person under a name of their
 * own, as which their decisions are recorded, and puts them into a group.
 */
export class StaffPool extends Construct {
  readonly userPoolId: string;
  /** OpenID Connect issuer of its tokens. */
  readonly issuer: string;
  /** Origin of the issuer. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { userPoolName }: { userPoolName: string }) {
    super(scope, id);
    const pool = new UserPool(this, 'Resource', {
      userPoolName,
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      autoVerify: { email: true },
      // An app on a phone; text messages can be intercepted and cost money.
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      // By mail and the second factor together; a lost phone is an administrator's business.
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        // NIST SP 800-63B: length does more than classes of characters; those are what cdk-nag and auditors ask for.
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        // An unused invitation from Friday has expired by Monday.
        tempPasswordValidity: Duration.days(3),
      },
      // Refuses passwords known from leaks, and asks again or blocks where a sign-in looks wrong. It takes the plan Plus: $0.02 a person and month.
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.userPoolId = pool.userPoolId;
    this.origin = `https://cognito-idp.${Stack.of(this).region}.amazonaws.com`;
    this.issuer = `${this.origin}/${pool.userPoolId}`;
    for (const [groupName, description] of Object.entries(GROUPS)) {
      const group = new CfnUserPoolGroup(this, `Group-${groupName}`, {
        userPoolId: pool.userPoolId,
        groupName,
        description,
      });
      group.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }
}
