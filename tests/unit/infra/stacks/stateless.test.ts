import { describe, expect, it } from 'vitest';
import { configuration, ENVIRONMENT } from '../../../../functions/runtime/config.ts';
import { METRICS } from '../../../../functions/runtime/metric-names.ts';
import { FUNCTIONS } from '../../../../infra/tables/functions.ts';
import { MACHINES } from '../../../../infra/tables/machines.ts';
import { stateMachineNames } from '../../../../statemachines/read-asl.ts';
import { propertiesOf, synthesized, textOf } from '../../../support/infra/synthesized.ts';

interface LambdaFunction {
  FunctionName: string;
  Runtime: string;
  Architectures: string[];
  Timeout: number;
  MemorySize: number;
  Handler: string;
  TracingConfig: unknown;
  LoggingConfig: { LogFormat: string; SystemLogLevel: string; LogGroup: unknown };
  Environment: { Variables: Record<string, unknown> };
}

const { statelessTemplate: template } = synthesized();
const functions = [...propertiesOf<LambdaFunction>(template, 'AWS::Lambda::Function').values()];
const machines = [...propertiesOf<Record<string, unknown>>(template, 'AWS::StepFunctions::StateMachine').values()];
const only = (type: string): Record<string, unknown> => {
  const [first, ...others] = propertiesOf<Record<string, unknown>>(template, type).values();
  if (first === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return first;
};

describe('the functions', () => {
  it('there is one for each entry of the table', () => {
    expect(functions.map(({ FunctionName }) => FunctionName)).toEqual(
      FUNCTIONS.map(({ name }) => `portal-pin-${name}`),
    );
  });
  it('the steps’ calls share 15 s and their states have 60: their functions have 20, the two that go on for longer their own', () => {
    const steps = MACHINES.flatMap(({ tasks }) => tasks.map(({ state }) => `portal-pin-${state}`));
    const times = functions.flatMap((each) => (steps.includes(each.FunctionName) ? [each.Timeout] : []));
    expect(times).toEqual([...Array(10).fill(20), 90, 900]);
  });
  it.each(functions)('$FunctionName has the house’s defaults', (each) => {
    expect(each).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
    expect(each.LoggingConfig.LogGroup).toBe(`/aws/lambda/${each.FunctionName}`);
  });
});

describe('the environment', () => {
  const environments = functions.map(({ Environment }) => Environment.Variables);
  const variables = environments[0] ?? {};

  it('supplies every variable that config.ts reads, and what Powertools reads', () => {
    const powertools = ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];
    expect(Object.keys(variables).toSorted()).toEqual([...Object.values(ENVIRONMENT), ...powertools].toSorted());
    expect(variables).toMatchObject({
      POWERTOOLS_METRICS_NAMESPACE: 'PortalPin/portal-pin',
      POWERTOOLS_SERVICE_NAME: METRICS.service,
    });
  });
  it('has one value of each variable in the whole system', () => {
    for (const each of environments) expect(each).toEqual(variables);
  });
  it('holds values that config.ts takes, once AWS has put its parts in', () => {
    const parts: [RegExp, string][] = [
      [/\{AWS::Partition\}/g, 'aws'],
      [/us-east-1/g, 'us-east-1'],
      [/111122223333/g, '123456789012'],
      [/\{.*EhrKey.*\}/, 'arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-pin/ehr-key-AbCdEf'],
      [/\{.*EhrWebhooks.*\}/, 'arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-pin/ehr-webhooks-AbCdEf'],
      [/\{.*FingerprintKey.*\}/, 'arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c'],
      [/\{Api\w*\.ApiEndpoint\}/g, 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com'],
      [/\{.*RefRecords.*\}|\{Mail.*\}/, 'portal-pin'],
    ];
    for (const [name, value] of Object.entries(variables)) {
      process.env[name] = parts.reduce((text, [part, by]) => text.replaceAll(new RegExp(part, 'g'), by), textOf(value));
    }
    expect(Object.values(configuration()).filter((value) => value.includes('{'))).toEqual([]);
  });
  it('holds no secret: ARNs, names and addresses alone', () => {
    const texts = Object.values(variables).map(textOf);
    expect(JSON.stringify(environments)).not.toContain('{{resolve:');
    const isKey = (text: string) => /^(?=.*\d)[A-Za-z0-9+/_-]{20,}={0,2}$/.test(text) || text.includes('BEGIN');
    expect(texts.filter(isKey)).toEqual([]);
    expect(
      Object.keys(variables).filter((name) => /KEY|SECRET|PASSWORD|TOKEN/.test(name) && !name.endsWith('_ARN')),
    ).toEqual([]);
  });
});

describe.each(MACHINES)('the state machine $name', ({ name, definition, tasks }) => {
  const machine = machines.find(({ StateMachineName }) => StateMachineName === `portal-pin-${name}`) ?? {};

  it('is the ASL file, with every token supplied and no other', () => {
    expect(machine.DefinitionString).toBe(JSON.stringify(definition));
    const tokens = String(machine.DefinitionString).matchAll(/\$\{(\w+)\}/g);
    const substitutions = machine.DefinitionSubstitutions as Record<string, unknown>;
    expect([...tokens].map(([, token]) => token)).toEqual(Object.keys(substitutions));
    for (const { state } of tasks) {
      expect(textOf(substitutions[`${state}FunctionArn`])).toMatch(new RegExp(`^\\{${state}Function\\w+\\.Arn\\}$`));
    }
  });
  it('is Standard, encrypted by our key, traced', () => {
    expect(machine.StateMachineType).toBe('STANDARD');
    expect(machine.EncryptionConfiguration).toMatchObject({ Type: 'CUSTOMER_MANAGED_KMS_KEY' });
    expect(textOf(Object(machine.EncryptionConfiguration).KmsKeyId)).toMatch(/DataKey/);
    expect(machine.TracingConfiguration).toEqual({ Enabled: true });
  });
  it('logs what failed and no execution data', () => {
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
  });
});

describe('the state machines', () => {
  it('are those of statemachines/, and no other', () => {
    expect(MACHINES.map(({ name }) => name).toSorted()).toEqual(stateMachineNames().toSorted());
    expect(machines.map(({ StateMachineName }) => StateMachineName)).toEqual(
      MACHINES.map(({ name }) => `portal-pin-${name}`),
    );
  });
  it('the one that regenerates has the name that the functions’ environment says', () => {
    const arn = textOf(functions[0]?.Environment.Variables.REGENERATE_PIN_STATE_MACHINE_ARN);
    expect(arn).toMatch(/:stateMachine:portal-pin-regenerate-pin$/);
  });
});

describe('mail', () => {
  const mail = only('AWS::SES::ConfigurationSet');

  it('leaves by TLS or not at all', () => {
    expect(mail.DeliveryOptions).toEqual({ TlsPolicy: 'REQUIRE' });
  });
  it('goes to no address that bounced or complained', () => {
    expect(mail.SuppressionOptions).toEqual({ SuppressedReasons: ['BOUNCE', 'COMPLAINT'] });
    expect(mail.ReputationOptions).toEqual({ ReputationMetricsEnabled: true });
  });
  it('does not watch its reader', () => {
    expect(mail).not.toHaveProperty('TrackingOptions');
    expect(mail.VdmOptions).toEqual({ DashboardOptions: { EngagementMetrics: 'DISABLED' } });
    const { EventDestination } = only('AWS::SES::ConfigurationSetEventDestination');
    const { MatchingEventTypes, EventBridgeDestination } = Object(EventDestination);
    expect(MatchingEventTypes).toEqual(['delivery', 'bounce', 'complaint', 'reject', 'renderingFailure']);
    expect(textOf(EventBridgeDestination.EventBusArn)).toMatch(/:event-bus\/default$/);
  });
});
