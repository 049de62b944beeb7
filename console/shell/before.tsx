/** What the window shows before the pages: a message, or a spinner. */
import Box from '@cloudscape-design/components/box';
import Spinner from '@cloudscape-design/components/spinner';

export function Before({ children }: { children: React.ReactNode }) {
  return (
    <Box padding="xxl">
      <main>{children}</main>
    </Box>
  );
}

export function Waiting() {
  return (
    <Before>
      <Spinner size="large" /> Portal PIN
    </Before>
  );
}
