/** One execution: its way through the state machine, each state's input and output, and its history beside. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useMemo } from 'react';
import { useParams } from 'react-router';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import type { AslDefinition } from '../../statemachines/asl.ts';
import { CaseActions } from '../actions/case-actions.tsx';
import { useSurroundings } from '../api/context.tsx';
import { useDefinition, useExecution, useHistory, usePatient } from '../api/questions.ts';
import { flowOf } from '../graph/flow.ts';
import { traceOf } from '../graph/trace.ts';
import { Json } from '../shell/json.tsx';
import { Answered, Empty, Page, Reading } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { EndingStatus, Status } from '../shell/status.tsx';
import { exactMomentOf, lengthOf } from '../time.ts';
import { Events } from './execution-events.tsx';
import { shortName, USUAL_MACHINE } from './execution-name.ts';
import { useFilters } from './filters.ts';
import { StateDetails } from './state-details.tsx';

// The layout is a chunk of its own: what is told in words is there before it.
const Graph = lazy(() => import('../graph/graph.tsx'));

export default function Execution() {
  const { name = '' } = useParams();
  const [read] = useFilters();
  const machine = read('machine') ?? USUAL_MACHINE;
  const execution = useExecution(name, machine);
  const { data } = execution;
  return (
    <Page
      title={shortName(name)}
      tabTitle={`Execution ${shortName(name)}`}
      description={`Execution of ${machine}`}
      actions={data?.patientId == null ? null : <ActionsFor patientId={data.patientId} />}
    >
      <Answered
        query={execution}
        what="the execution"
        missing={
          <Container>
            <Empty title="No such execution">
              Step Functions forgets executions after 90 days; the patient’s own page still says how the case ended.
              Back to <PageLink to="/executions">Executions</PageLink>.
            </Empty>
          </Container>
        }
      >
        {(found) => (
          <SpaceBetween size="l">
            <Summary of={found} />
            <Course of={found} />
            <Container header={<Header variant="h2">Input and output of the execution</Header>}>
              <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
                <Labelled label="Input">
                  <Json value={found.input} />
                </Labelled>
                <Labelled label="Output">
                  <Json value={found.output} />
                </Labelled>
              </Grid>
            </Container>
          </SpaceBetween>
        )}
      </Answered>
    </Page>
  );
}

function ActionsFor({ patientId }: { patientId: string }) {
  const { data } = usePatient(patientId);
  return data === undefined ? null : <CaseActions of={data} variant="primary" />;
}

function Labelled({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      {children}
    </div>
  );
}

function Summary({ of }: { of: AnswerOf<'readExecution'> }) {
  const { timeZone, now } = usePracticeTime();
  const { site } = useSurroundings();
  const { name, status, startedAt, stoppedAt, patientId, outcome, error, cause } = of;
  return (
    <Container header={<Header variant="h2">Summary</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Status', value: <Status of={status} /> },
          { label: 'Outcome', value: outcome === null ? '–' : <EndingStatus {...of} /> },
          {
            label: 'Patient',
            value: patientId === null ? '–' : <PageLink to={`/patients/${patientId}`}>{patientId}</PageLink>,
          },
          { label: 'Started', value: exactMomentOf(startedAt, timeZone) },
          { label: 'Duration', value: lengthOf(startedAt, stoppedAt ?? now) },
          { label: 'Error', value: error ?? 'none' },
          { label: 'Cause', value: cause === null ? '–' : <Json value={cause} /> },
          { label: 'Name', value: <Box variant="code">{name}</Box> },
          ...(site.local === null || patientId === null
            ? []
            : [{ label: 'Chart', value: <PageLink to={`/local/chart/${patientId}`}>Open the chart</PageLink> }]),
        ]}
      />
    </Container>
  );
}

/** The graph, what is chosen in it, and the history beside it. */
function Course({ of: { name, machine, status } }: { of: AnswerOf<'readExecution'> }) {
  const [read, set] = useFilters();
  const isRunning = status === 'RUNNING';
  const definition = useDefinition(machine, name);
  const history = useHistory(name, machine);
  const flow = useMemo(
    () => (definition.data === undefined ? null : flowOf(definition.data.definition as AslDefinition)),
    [definition.data],
  );
  const events = history.data?.events;
  const trace = useMemo(
    () => (flow === null || events === undefined ? null : traceOf(flow, events, isRunning)),
    [flow, events, isRunning],
  );
  const chosen = read('state') ?? trace?.visits.at(-1)?.state ?? null;
  const choose = (state: string) => set({ state });
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h2" description="Bold: path taken. Dashed: error paths.">
              State machine
            </Header>
          }
        >
          <Answered query={definition} what="the state machine">
            {() => (
              <Answered query={history} what="the history">
                {() =>
                  flow === null || trace === null ? null : (
                    <Suspense fallback={<Reading what="the picture" />}>
                      <Graph name={machine} flow={flow} trace={trace} chosen={chosen} choose={choose} />
                    </Suspense>
                  )
                }
              </Answered>
            )}
          </Answered>
        </Container>
        {flow === null || trace === null || chosen === null ? null : (
          <StateDetails name={chosen} flow={flow} trace={trace} />
        )}
      </SpaceBetween>
      <Container header={<Header variant="h2">History</Header>}>
        <Answered query={history} what="the history">
          {(found) => (
            <div className="history">
              <Events events={found.events} choose={choose} />
            </div>
          )}
        </Answered>
      </Container>
    </Grid>
  );
}
