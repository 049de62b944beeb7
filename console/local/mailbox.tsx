/** The mails that patients got, newest first. */
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useSurroundings } from '../api/context.tsx';
import { useFilters } from '../pages/filters.ts';
import { Json } from '../shell/json.tsx';
import { Answered, Empty, Page } from '../shell/page.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { momentOf } from '../time.ts';
import { type MailboxMail, useMails } from './calls.ts';
import { LinkedText } from './linked-text.tsx';

const MOST = 200;

export default function Mailbox() {
  const { site } = useSurroundings();
  const { timeZone } = usePracticeTime();
  const [read, set] = useFilters();
  const mails = useMails();
  const chosen = mails.data?.emails.find(({ messageId }) => messageId === read('mail'));
  const at = (mail: MailboxMail) => momentOf(new Date(mail.at * 1000).toISOString(), timeZone);
  return (
    <Page
      title="Mailbox"
      description="Every mail that was sent on this machine ends here; none leaves it."
      actions={
        <Button href={`${site.local?.mailbox ?? ''}/`} target="_blank" external>
          Open in mail viewer
        </Button>
      }
    >
      <Answered query={mails} what="the mailbox">
        {({ emails }) => (
          <SpaceBetween size="l">
            {chosen === undefined ? null : (
              <Container
                header={
                  <Header
                    variant="h2"
                    description={`To ${chosen.destination.to.join(', ')}, ${at(chosen)}`}
                    actions={<Button onClick={() => set({ mail: undefined })}>Close</Button>}
                  >
                    {chosen.subject}
                  </Header>
                }
              >
                {chosen.body.text === undefined ? (
                  <Json value={chosen.body.html} />
                ) : (
                  <LinkedText text={chosen.body.text} />
                )}
              </Container>
            )}
            <Table
              variant="container"
              header={
                <Header variant="h2" counter={`(${emails.length})`}>
                  Mails
                </Header>
              }
              ariaLabels={{ tableLabel: 'Mails' }}
              columnDefinitions={[
                { id: 'at', header: 'At', cell: at },
                { id: 'to', header: 'To', cell: (mail) => mail.destination.to.join(', ') },
                {
                  id: 'subject',
                  header: 'Subject',
                  isRowHeader: true,
                  cell: (mail) => (
                    <Button variant="inline-link" onClick={() => set({ mail: mail.messageId })}>
                      {mail.subject}
                    </Button>
                  ),
                },
              ]}
              items={emails.toReversed().slice(0, MOST)}
              trackBy="messageId"
              empty={<Empty title="No mail yet">A patient with a regenerated PIN gets one.</Empty>}
              footer={emails.length > MOST ? `The latest ${MOST} are shown.` : undefined}
            />
          </SpaceBetween>
        )}
      </Answered>
    </Page>
  );
}
