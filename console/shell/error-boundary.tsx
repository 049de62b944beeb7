import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { Component, type ReactNode } from 'react';

interface Props {
  children: ReactNode;
  /** A page of another address is no longer the one that broke. */
  address?: string;
}

/** A page that breaks says so, and takes the others not along. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (before.address !== this.props.address && this.state.error !== null) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isOld = /dynamically imported module|Importing a module|Failed to fetch/i.test(error.message);
    return (
      <Box padding="l">
        <Alert
          type="error"
          header={isOld ? 'A part of the page could not be loaded' : 'Something went wrong'}
          action={<Button onClick={() => location.reload()}>Reload</Button>}
        >
          {isOld
            ? 'Portal PIN does not answer, or there is a newer console. Reload the page; nothing that was done is lost.'
            : `Nothing is lost. Reload the page. If that does not help, tell your administrator: ${error.message}`}
        </Alert>
      </Box>
    );
  }
}
