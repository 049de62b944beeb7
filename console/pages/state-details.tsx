/** One state of an execution: what it is for, how each try went, what went in and what came out. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Flow } from '../graph/flow.ts';
import type { Attempt, Mark, Trace, Visit } from '../graph/trace.ts';
import { Json } from '../shell/json.tsx';
import { Empty } from '../shell/page.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { exactMomentOf, lengthOf } from '../time.ts';

const STATUS: Record<Mark, { type: 'success' | 'error' | 'in-progress' | 'stopped' | 'pending'; words: string }> = {
  UNTOUCHED: { type: 'pending', words: 'Not reached' },
  RUNNING: { type: 'in-progress', words: 'Running' },
  SUCCEEDED: { type: 'success', words: 'Succeeded' },
  FAILED: { type: 'error', words: 'Failed' },
  STOPPED: { type: 'stopped', words: 'Stopped' },
};

export function StateDetails({ name, flow, trace }: { name: string; flow: Flow; trace: Trace }) {
  const state = flow.states.find((each) => each.name === name);
  const own = trace.states.get(name);
  if (state === undefined || own === undefined) {
    return (
      <Container>
        <Empty title={`The state machine has no state ${name}`}>Choose one in the picture.</Empty>
      </Container>
    );
  }
  const { type, words } = STATUS[own.mark];
  const onward = flow.ways.filter(({ from }) => from === name);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={state.comment}
          actions={<StatusIndicator type={type}>{words}</StatusIndicator>}
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {own.visits.map((visit, index) => (
          <VisitDetails
            key={visit.enteredAt + String(index)}
            visit={visit}
            number={own.visits.length > 1 ? index + 1 : null}
          />
        ))}
        {own.visits.length > 0 ? null : <Box color="text-body-secondary">This execution did not come here.</Box>}
        {onward.length === 0 ? null : (
          <Box color="text-body-secondary">
            Goes on to {onward.map(({ to, label }) => (label === '' ? to : `${to} (${label})`)).join(', ')}.
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function VisitDetails({ visit, number }: { visit: Visit; number: number | null }) {
  const { timeZone } = usePracticeTime();
  const { enteredAt, exitedAt, input, output, attempts } = visit;
  const took = exitedAt === null ? '' : `, for ${lengthOf(enteredAt, exitedAt)}`;
  return (
    <SpaceBetween size="s">
      <Box variant="small">
        {number === null ? 'Entered' : `Entry ${number}`} {exactMomentOf(enteredAt, timeZone)}
        {took}
      </Box>
      {attempts.length > 1 || attempts.some(({ error }) => error !== null) ? (
        <ol>
          {attempts.map((attempt) => (
            <li key={attempt.number}>
              <AttemptLine attempt={attempt} />
            </li>
          ))}
        </ol>
      ) : null}
      <Grid gridDefinition={[{ colspan: { default: 12, xxs: 6 } }, { colspan: { default: 12, xxs: 6 } }]}>
        <div>
          <Box variant="awsui-key-label">Input</Box>
          <Json value={input} />
        </div>
        <div>
          <Box variant="awsui-key-label">Output</Box>
          <Json value={output} />
        </div>
      </Grid>
    </SpaceBetween>
  );
}

function AttemptLine({ attempt: { startedAt, endedAt, error, cause } }: { attempt: Attempt }) {
  const { timeZone } = usePracticeTime();
  const at = exactMomentOf(startedAt, timeZone);
  if (endedAt === null) return <StatusIndicator type="in-progress">{at}: under way</StatusIndicator>;
  if (error === null) return <StatusIndicator type="success">{at}: succeeded</StatusIndicator>;
  return (
    <>
      <StatusIndicator type="error">
        {at}: {error}
      </StatusIndicator>
      {cause === null ? null : <Json value={cause} />}
    </>
  );
}
