/** One chart: the patient, the front desk's edits, and its FHIR resources. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import type { Chart } from '../../local/console/local-api-contract.ts';
import { Json } from '../shell/json.tsx';
import { Answered, Empty, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { useChart } from './calls.ts';
import { FrontDesk } from './front-desk.tsx';

export default function ChartPage() {
  const { patientId = '' } = useParams();
  const chart = useChart(patientId);
  return (
    <Page
      title={chart.data?.patient.name ?? patientId}
      tabTitle={`Chart of ${patientId}`}
      description={
        <>
          Chart of {patientId}. <PageLink to={`/patients/${patientId}`}>See the case</PageLink>
        </>
      }
    >
      <Answered
        query={chart}
        what="the chart"
        missing={
          <Container>
            <Empty title={`The chart has no patient ${patientId}`}>
              Find one in the <PageLink to="/local/chart">chart</PageLink>.
            </Empty>
          </Container>
        }
      >
        {(found) => (
          <SpaceBetween size="l">
            <Person of={found} />
            <FrontDesk chart={found} />
            <Resources of={found} />
          </SpaceBetween>
        )}
      </Answered>
    </Page>
  );
}

function Person({ of: { patient, practitioners } }: { of: Chart }) {
  const nameOf = (reference: string) => practitioners.find((each) => each.reference === reference)?.name ?? reference;
  return (
    <Container header={<Header variant="h2">Patient</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Born', value: patient.birthDate ?? 'not known' },
          { label: 'Email', value: patient.emails.join(', ') || 'none' },
          { label: 'Portal', value: patient.portalStatus },
          { label: 'General practitioner', value: patient.provider === null ? 'none' : nameOf(patient.provider) },
        ]}
      />
    </Container>
  );
}

function Resources({ of: { resources } }: { of: Chart }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${resources.length})`}
          description="As the EHR’s FHIR interface has them, the latest change first."
        >
          In the chart
        </Header>
      }
    >
      {resources.map((resource) => (
        <ExpandableSection
          key={`${resource.resourceType}/${resource.id}`}
          headerText={resource.resourceType}
          headerDescription={summaryOf(resource)}
        >
          <Box padding={{ bottom: 'm' }}>
            <Json value={resource} />
          </Box>
        </ExpandableSection>
      ))}
    </Container>
  );
}

/** Its states and its moment, as far as it has them. */
function summaryOf(resource: Chart['resources'][number]): string {
  const { status, docStatus, date, description, period, reasonCode } = resource as Record<string, unknown>;
  const reason = (reasonCode as { text?: unknown } | undefined)?.text;
  const start = (period as { start?: unknown } | undefined)?.start;
  return [status, docStatus, description, reason, date ?? start].filter((each) => typeof each === 'string').join(' · ');
}
