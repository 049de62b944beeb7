/** A dialog that asks a person why, and sends what they decided. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { ApiError } from '../api/client.ts';
import { useDraft } from './draft.ts';

/** As the API takes it. */
const LONGEST_REASON = 500;

interface Props {
  header: string;
  verb: string;
  effect: ReactNode;
  /** What the text is kept under while it is not sent. */
  draftKey: string;
  isSending: boolean;
  isRepeating: boolean;
  error: ApiError | null;
  /** Instead of the error's own words. */
  problem?: ReactNode;
  /** Between what it does and why. */
  children?: ReactNode;
  /** Whether the decision makes sense no more. */
  isBlocked?: boolean;
  send: (reason: string) => void;
  close: () => void;
}

export function ReasonDialog(props: Props) {
  const { header, verb, effect, isSending, isRepeating, error, problem, children, isBlocked = false, close } = props;
  const [reason, write] = useDraft(props.draftKey);
  const [isTried, setIsTried] = useState(false);
  const trimmed = reason.trim();
  const wrong = trimmed === '' ? 'Say why: it is recorded with the decision.' : tooLong(trimmed);
  const send = () => {
    setIsTried(true);
    if (wrong === '' && !isBlocked) props.send(trimmed);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <Modal
      visible
      header={header}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Cancel
            </Button>
            <Button variant="primary" loading={isSending} disabled={isBlocked} onClick={send}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={submit}>
        <Form>
          <SpaceBetween size="m">
            <Box>{effect}</Box>
            {children}
            <FormField
              label="Reason"
              constraintText={`Recorded with your name. At most ${LONGEST_REASON} characters; no names or addresses of patients.`}
              errorText={isTried ? wrong : tooLong(trimmed)}
            >
              <Textarea autoFocus value={reason} onChange={({ detail }) => write(detail.value)} rows={3} spellcheck />
            </FormField>
            {isRepeating ? (
              <Alert type="warning" header="Portal PIN does not answer">
                It is tried again by itself; however often it is sent, it is done once.
              </Alert>
            ) : null}
            {error === null ? null : (problem ?? <Failure error={error} />)}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}

function Failure({ error }: { error: ApiError }) {
  const isRefused = error.kind === 'REFUSED';
  return (
    <Alert type="error" header={isRefused ? 'Request rejected' : 'Request not completed'}>
      {error.message} {isRefused ? '' : 'Your reason is kept: try again, it is still done only once.'}
    </Alert>
  );
}

function tooLong(text: string): string {
  return text.length > LONGEST_REASON ? `${text.length} characters are too many.` : '';
}
