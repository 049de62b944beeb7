/** A webhook as it was sent and answered, for engineers connecting an EHR. */
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { WebhookSent } from '../../local/console/local-api-contract.ts';
import { Json } from '../shell/json.tsx';
import { PageLink } from '../shell/page-link.tsx';

export function WebhookShown({ sent: { headers, body, answer } }: { sent: WebhookSent }) {
  const decided = decisionOf(answer.body);
  const request = [
    'POST /webhooks/ehr',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
    '',
    `→ ${answer.status} ${answer.body}`,
  ];
  return (
    <SpaceBetween size="xs">
      <span>
        The EHR has told Portal PIN, which answered {answer.status}
        {decided === null ? '' : `: ${decided.decision}`}.{' '}
        {decided?.execution == null ? null : (
          <PageLink to={`/executions/${decided.execution}`}>Follow the execution</PageLink>
        )}
      </span>
      <ExpandableSection headerText="Request and answer">
        <Json value={request.join('\n')} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function decisionOf(body: string): { decision: string; execution: string | null } | null {
  try {
    const { decision, execution } = JSON.parse(body);
    return typeof decision === 'string'
      ? { decision, execution: typeof execution === 'string' ? execution : null }
      : null;
  } catch {
    return null;
  }
}
