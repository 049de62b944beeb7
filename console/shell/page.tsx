/** What every page has: a heading that says where one is, in the tab's title too, and whatever state it is in. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Spinner from '@cloudscape-design/components/spinner';
import { type ReactNode, useEffect, useState } from 'react';
import { type ApiError, passes } from '../api/client.ts';

interface PageProps {
  title: string;
  /** Of the tab, where the heading alone would not tell. */
  tabTitle?: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, tabTitle = title, description, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${tabTitle} – Portal PIN`;
  }, [tabTitle]);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description} actions={actions}>
          {title}
        </Header>
      }
    >
      {children}
    </ContentLayout>
  );
}

interface AnswerProps<Data> {
  query: { data: Data | undefined; error: ApiError | null; refetch: () => unknown };
  /** What is being read, as in "Loading the history…". */
  what: string;
  /** Where there is no such thing: what to do. */
  missing?: ReactNode;
  children: (data: Data) => ReactNode;
}

const LONG_MS = 4_000;

/** The answer once it is there; before that why it is not, and what happens now. */
export function Answered<Data>({ query, what, missing, children }: AnswerProps<Data>) {
  const { data, error, refetch } = query;
  if (error?.problem?.status === 404 && missing !== undefined) return missing;
  if (data !== undefined) return children(data);
  if (error === null) return <Reading what={what} />;
  if (passes(error)) {
    return (
      <Box padding="m" color="text-body-secondary">
        <Spinner /> {error.message} Loading {what} is retried automatically.
      </Box>
    );
  }
  return (
    <Alert
      type="error"
      header={`${upper(what)} cannot be shown`}
      action={<Button onClick={() => refetch()}>Try again</Button>}
    >
      {error.message}
    </Alert>
  );
}

interface ListQuery<Item> {
  data: { items: Item[]; next: string | null } | undefined;
  error: ApiError | null;
  isPlaceholderData: boolean;
  refetch: () => unknown;
}

/** What a table shows of a page of a list; its filters stay, whatever the answer is. */
export function listed<Item>(query: ListQuery<Item>, what: string, empty: ReactNode) {
  const { data, error, isPlaceholderData } = query;
  const isRead = data !== undefined && !isPlaceholderData;
  return {
    items: data?.items ?? [],
    // A page that cannot be read is told of by `empty`.
    loading: !isRead && error === null,
    loadingText: `Loading ${what}`,
    empty:
      error !== null && data === undefined ? (
        <Answered query={{ ...query, data: undefined }} what={what}>
          {() => null}
        </Answered>
      ) : (
        empty
      ),
    next: isRead ? data.next : undefined,
  };
}

export function Reading({ what }: { what: string }) {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Box padding="m" color="text-body-secondary">
      <Spinner /> Loading {what}…{isLong ? ' It takes longer than usual.' : ''}
    </Box>
  );
}

/** With a capital letter, where a word stands by itself. */
export function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Nothing is there: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Box textAlign="center" padding="m">
      <Box variant="strong">{title}</Box>
      {children === undefined ? null : <Box color="text-body-secondary">{children}</Box>}
    </Box>
  );
}
