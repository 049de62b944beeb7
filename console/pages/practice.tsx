/** The practice: its policy with explanations, and the log of pauses, resumes and manual sweeps. */
import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import { useDecisions, usePracticePolicy } from '../api/questions.ts';
import { Json } from '../shell/json.tsx';
import { Answered, Empty, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { momentOf } from '../time.ts';
import { executionPath } from './execution-name.ts';

const DECISIONS: Record<string, string> = {
  pause: 'Paused all starts',
  resume: 'Resumed starts',
  sweep: 'Started a sweep',
  'dry-run': 'Started a dry run',
};

export default function Practice() {
  const practice = usePracticePolicy();
  const decisions = useDecisions();
  const { timeZone } = usePracticeTime();
  return (
    <Page
      title="Practice"
      description="The practice’s rules for all patients. Change them in the policy file; they take effect with the next deployment or start."
    >
      <SpaceBetween size="l">
        <Answered query={practice} what="the policy">
          {({ settings }) => <Policy settings={settings} />}
        </Answered>
        <Answered query={decisions} what="decisions">
          {({ items }) => (
            <Table
              variant="container"
              header={
                <Header
                  variant="h2"
                  description="About the practice as a whole; those about a patient are with the patient."
                >
                  Latest decisions
                </Header>
              }
              ariaLabels={{ tableLabel: 'Latest decisions' }}
              wrapLines
              columnDefinitions={[
                { id: 'what', header: 'What', isRowHeader: true, cell: ({ action }) => DECISIONS[action] ?? action },
                { id: 'actor', header: 'User', cell: ({ actor }) => actor },
                { id: 'why', header: 'Why', cell: ({ reason }) => reason },
                { id: 'when', header: 'When', cell: ({ at }) => momentOf(at, timeZone) },
                {
                  id: 'execution',
                  header: 'Execution',
                  cell: ({ execution }) =>
                    execution === null ? (
                      '–'
                    ) : (
                      <PageLink to={executionPath(execution, 'sweep-expiring-pins')}>Open</PageLink>
                    ),
                },
              ]}
              items={items}
              trackBy="id"
              empty={<Empty title="No pauses, resumes or manual sweeps" />}
            />
          )}
        </Answered>
      </SpaceBetween>
    </Page>
  );
}

function Policy({ settings }: { settings: AnswerOf<'readPractice'>['settings'] }) {
  const { items, filterProps, filteredItemsCount, collectionProps } = useCollection(settings, {
    filtering: {
      filteringFunction: (setting, text) => JSON.stringify(setting).toLowerCase().includes(text.toLowerCase()),
      noMatch: <Empty title="No setting says so">Search for another word.</Empty>,
      empty: <Empty title="The policy has no settings" />,
    },
  });
  return (
    <Table
      {...collectionProps}
      variant="container"
      header={<Header variant="h2">Policy</Header>}
      ariaLabels={{ tableLabel: 'Policy' }}
      filter={
        <TextFilter
          {...filterProps}
          filteringPlaceholder="Find a setting"
          filteringAriaLabel="Find a setting"
          countText={`${filteredItemsCount} found`}
        />
      }
      wrapLines
      columnDefinitions={[
        { id: 'key', header: 'Setting', isRowHeader: true, minWidth: 170, cell: ({ key }) => key },
        { id: 'value', header: 'Value', minWidth: 180, cell: ({ value }) => <Json value={value} /> },
        { id: 'explanation', header: 'What it does', minWidth: 300, cell: ({ explanation }) => explanation },
      ]}
      items={items}
      trackBy="key"
    />
  );
}
