/** The chart of the practice on this machine: find a patient. */
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { useFilters } from '../pages/filters.ts';
import { Answered, Empty, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { useCharts } from './calls.ts';

export default function Charts() {
  const [read, set] = useFilters();
  const query = read('q') ?? '';
  // What is typed is shown at once, and searched for when the typing pauses.
  const [typed, setTyped] = useState(query);
  const charts = useCharts(query);
  return (
    <Page
      title="Chart"
      description="What an EHR shows its staff, from the simulated EHR of this machine. All patients in the demo practice are invented."
    >
      <Answered query={charts} what="the chart">
        {({ patients, total }) => (
          <Table
            variant="container"
            header={
              <Header variant="h2" counter={`(${total})`}>
                Patients
              </Header>
            }
            ariaLabels={{ tableLabel: 'Charts' }}
            filter={
              <TextFilter
                filteringText={typed}
                filteringPlaceholder="Name, address or id"
                filteringAriaLabel="Find a patient"
                onChange={({ detail }) => setTyped(detail.filteringText)}
                onDelayedChange={({ detail }) => set({ q: detail.filteringText })}
              />
            }
            columnDefinitions={[
              {
                id: 'name',
                header: 'Name',
                isRowHeader: true,
                cell: ({ id, name }) => <PageLink to={`/local/chart/${id}`}>{name}</PageLink>,
              },
              { id: 'id', header: 'Id', cell: ({ id }) => <PageLink to={`/patients/${id}`}>{id}</PageLink> },
              { id: 'email', header: 'Email', cell: ({ emails }) => emails.join(', ') || '–' },
              { id: 'portal', header: 'Portal', cell: ({ portalStatus }) => portalStatus },
              { id: 'provider', header: 'General practitioner', cell: ({ provider }) => provider ?? '–' },
            ]}
            items={patients}
            trackBy="id"
            empty={<Empty title="No matching patients">Search by part of the name or by id.</Empty>}
            footer={total > patients.length ? `The first ${patients.length} are shown.` : undefined}
          />
        )}
      </Answered>
    </Page>
  );
}
