/** Every finding of cdk-nag that stands, and why. A finding that is not in this list fails the synth. */
import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { routeIdOf } from './constructs/http-api.ts';
import type { Deployment } from './deployment.ts';
import type { Names } from './names.ts';
import { type Caller, FUNCTIONS, type FunctionEntry } from './tables/functions.ts';
import { MACHINES, REGENERATE_PIN } from './tables/machines.ts';
import type { Permission } from './tables/permissions.ts';
import { OPEN_ROUTES } from './tables/routes.ts';

export interface Acknowledgement {
  rule: string;
  /** Path of each construct from its stack on. */
  constructs: readonly string[];
  reason: string;
}

const roleOf = ({ name }: FunctionEntry) => `stateless/${name}/Role`;
const codeOf = ({ name }: FunctionEntry) => `stateless/${name}/Function`;
const ROLES = [...FUNCTIONS.map(roleOf), ...MACHINES.map(({ id }) => `stateless/${id}/Role`)];
const rolesWith = (permission: Permission) =>
  FUNCTIONS.filter(({ permissions }) => permissions.includes(permission)).map(roleOf);
const DISTRIBUTION = 'stateless/Console/Distribution';
const PAGES = 'stateless/Console/Bucket';
const calledBy = (...callers: Caller[]) => FUNCTIONS.filter(({ caller }) => callers.includes(caller)).map(codeOf);

/** Where the stacks are deployed to. */
type Place = Pick<Deployment, 'account' | 'region'>;

export function acknowledgementsOf(names: Names, { account, region }: Place): readonly Acknowledgement[] {
  /** A resource that ends in a star, as cdk-nag writes it. */
  const starOf = (service: string, resource: string) =>
    `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${service}:${region}:${account}:${resource}*]`;
  return [
    {
      rule: 'AwsSolutions-IAM5[Resource::*]',
      constructs: ROLES,
      reason:
        'X-Ray’s write actions, and Step Functions’ actions to set up its log delivery, know no resource in IAM. Nothing else stands on *: a test holds the list of these actions.',
    },
    ...FUNCTIONS.map((entry) => ({
      rule: starOf('logs', `log-group:${names.logsOf(entry.name)}:`),
      constructs: [roleOf(entry)],
      reason:
        'Lambda names the streams of the log group while it runs. These are the streams of the function’s own group, and it may only write them.',
    })),
    {
      rule: starOf('states', `execution:${names.machineOf(REGENERATE_PIN.name)}:`),
      constructs: rolesWith('executions'),
      reason:
        'An execution’s ARN ends in its name, which is not known before it is started. These are the executions of the one machine that the function may start, and it may only ask how they stand.',
    },
    ...MACHINES.filter((machine) => machine !== REGENERATE_PIN).map(({ name }) => ({
      rule: starOf('states', `execution:${names.machineOf(name)}:`),
      constructs: rolesWith('histories'),
      reason:
        'As above: staff look at any execution of the app’s machines, and each ARN ends in the execution’s name. It may only read them.',
    })),
    {
      rule: starOf('dynamodb', `table/${names.table}/stream/`),
      constructs: rolesWith('stream'),
      reason:
        'Lambda lists the table’s streams before it reads one, and ListStreams knows no single stream. It reads the exact stream alone.',
    },
    {
      rule: 'AwsSolutions-SF1',
      constructs: MACHINES.map(({ id }) => `stateless/${id}`),
      reason:
        'Its events without execution data would name states and no patient. The functions’ log lines tell each step with its execution, its patient’s opaque id and what it decided, and are kept six years; the machine logs what failed, and its history has everything for 90 days.',
    },
    {
      rule: 'HIPAA.Security-IAMNoInlinePolicy',
      constructs: [...ROLES, 'stateless/Sweep/Role'],
      reason:
        'Each policy fits exactly one function, machine or schedule and is made and deleted with its role; as a managed policy it could be attached to another, and would outlive it.',
    },
    {
      rule: 'HIPAA.Security-LambdaConcurrency',
      constructs: FUNCTIONS.map(codeOf),
      reason:
        'A reserved share for each would have to be cut from the account’s quota, which is 10 in a new account, and would throttle one function while another’s share lies idle. What starts executions sets the pace (policy: sweep.startsPerMinute), and throttled functions have an alarm.',
    },
    {
      rule: 'HIPAA.Security-LambdaDLQ',
      constructs: calledBy('state machine', 'API'),
      reason:
        'Dead letters are for asynchronous calls. These functions are called synchronously: the state machine gets the error, retries it, and each failed execution is told to the alarm topic; the EHR and the console get an answer that tells them to repeat.',
    },
    {
      rule: 'HIPAA.Security-LambdaDLQ',
      constructs: calledBy('stream'),
      reason:
        'Lambda reads the stream and calls the function synchronously. What it gives up on goes to the queue of its event source mapping, which has an alarm; a function’s own dead letter queue would stay empty.',
    },
    {
      rule: 'HIPAA.Security-LambdaDLQ',
      constructs: calledBy('queue'),
      reason:
        'Lambda reads the queue and calls the function synchronously. What it does not take goes to the queue’s own dead letters, which have an alarm; a function’s own would stay empty.',
    },
    {
      rule: 'HIPAA.Security-LambdaInsideVPC',
      constructs: FUNCTIONS.map(codeOf),
      reason:
        'Nothing they talk to is in a VPC: AWS APIs and the EHR’s public endpoint, all over TLS, all by signed requests. A VPC would add NAT gateways as the way out and protect nothing; an EHR behind a private link would change this.',
    },
    {
      rule: 'AwsSolutions-APIG4',
      constructs: OPEN_ROUTES.map(({ key }) => `stateless/Api/${routeIdOf(key)}/Route`),
      reason:
        'No API Gateway authorizer fits: a webhook’s signature covers the raw body, and the pick-up page is for patients without an account, identified by the link’s token and an answer. Each function verifies that itself, and each route has a limit of its own.',
    },
    {
      rule: 'AwsSolutions-CFR1',
      constructs: [DISTRIBUTION],
      reason:
        'Staff travel. Anyone else sees the page’s public files and nothing more: every API request needs a token, which needs a second factor.',
    },
    {
      rule: 'AwsSolutions-CFR2',
      constructs: [DISTRIBUTION],
      reason:
        'A firewall would look for attacks on what lies behind: public files in S3, and an API that API Gateway opens to bearers of a token alone, with a limit for each route. The login has threat protection of its own.',
    },
    {
      rule: 'AwsSolutions-CFR3',
      constructs: [DISTRIBUTION],
      reason:
        'CloudFront logs paths and queries, and those of the console name patients. What is asked of the API is logged by API Gateway by its route, and by the function by its operation.',
    },
    {
      rule: 'AwsSolutions-S1',
      constructs: [PAGES],
      reason:
        'CloudFront alone may read it, so its log would be CloudFront’s, which names patients (AwsSolutions-CFR3).',
    },
    {
      rule: 'HIPAA.Security-S3BucketLoggingEnabled',
      constructs: [PAGES],
      reason: 'As AwsSolutions-S1: CloudFront alone may read it, and its log would name patients.',
    },
    {
      rule: 'HIPAA.Security-S3BucketReplicationEnabled',
      constructs: [PAGES],
      reason: 'It holds the console’s built files, which `npm run build:console` makes again in a minute; no data.',
    },
    {
      rule: 'HIPAA.Security-S3DefaultEncryptionKMS',
      constructs: [PAGES],
      reason:
        'It holds files that every browser may read. S3’s own encryption is on; a key of ours would have to be opened to CloudFront and would hide nothing.',
    },
    {
      rule: 'AwsSolutions-SQS3',
      constructs: ['stateless/LostLapses/Queue', 'stateless/LostSweeps/Queue'],
      reason:
        'They are dead letter queues themselves, of the stream and of the schedule; what lies in them rings an alarm and is read by a person.',
    },
    {
      rule: 'HIPAA.Security-DynamoDBInBackupPlan',
      constructs: ['stateful/Records'],
      reason:
        'Continuous backups for 35 days, deletion protection and RETAIN. The chart is the record: every PIN that is older than that has expired, and a lost table is built up again from the charts.',
    },
    {
      rule: 'AwsSolutions-SMG4',
      constructs: ['stateful/EhrKey', 'stateful/EhrWebhooks'],
      reason:
        'A new key counts only when its public half is registered with the EHR, which no rotation function can do. It is changed by hand, two keys overlapping by kid (docs/runbook.md, “Changing the EHR key”).',
    },
    {
      rule: 'HIPAA.Security-SecretsManagerRotationEnabled',
      constructs: ['stateful/EhrKey', 'stateful/EhrWebhooks'],
      reason: 'As AwsSolutions-SMG4: the EHR must know a new key or secret before it is used.',
    },
  ];
}

/** Puts every acknowledgement on its constructs; one that names no construct stops the synth. */
export function acknowledge(stacks: { stateful: Stack; stateless: Stack }, names: Names, place: Place): void {
  for (const { rule, constructs, reason } of acknowledgementsOf(names, place)) {
    for (const path of constructs) {
      const [stack, ...ids] = path.split('/');
      const root: IConstruct = stack === 'stateful' ? stacks.stateful : stacks.stateless;
      const construct = ids.reduce((scope, id) => scope.node.findChild(id), root);
      Validations.of(construct).acknowledge({ id: rule, reason });
    }
  }
}
