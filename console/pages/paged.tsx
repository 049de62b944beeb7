/** Paging by cursor: the address holds which page it is, so that a link and the back button lead there again. */
import Pagination from '@cloudscape-design/components/pagination';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';

/** Cursors of the pages that this tab has seen, by the list they are of. */
const seen = new Map<string, Map<number, string>>();

interface Position {
  page: number;
  cursor: string | undefined;
}

export function usePosition(): Position {
  const [parameters] = useSearchParams();
  const page = Number(parameters.get('page') ?? 1);
  const cursor = parameters.get('cursor') ?? undefined;
  // A page without its cursor cannot be found; the first one can.
  return cursor === undefined || !Number.isInteger(page) || page < 2
    ? { page: 1, cursor: undefined }
    : { page, cursor };
}

interface Props {
  /** What is listed, filters included. */
  list: string;
  /** Of the page that is shown; undefined while it is read, and where it cannot be. */
  next: string | null | undefined;
  isReading: boolean;
  label: string;
}

export function CursorPagination({ list, next, isReading, label }: Props) {
  const [parameters, setParameters] = useSearchParams();
  const { page, cursor } = usePosition();
  useEffect(() => {
    const known = seen.get(list) ?? new Map<number, string>();
    seen.set(list, known);
    if (cursor !== undefined) known.set(page, cursor);
    if (typeof next === 'string') known.set(page + 1, next);
  }, [list, page, cursor, next]);
  const go = (to: number) => {
    const target = seen.get(list)?.get(to);
    setParameters((before) => {
      const changed = new URLSearchParams(before);
      for (const [name, value] of [
        ['page', String(to)],
        ['cursor', target],
      ] as const) {
        if (target === undefined || value === undefined) changed.delete(name);
        else changed.set(name, value);
      }
      return changed;
    });
  };
  const hasNext = typeof next === 'string';
  return (
    <Pagination
      key={parameters.get('cursor') ?? 'first'}
      currentPageIndex={page}
      pagesCount={hasNext ? page + 1 : page}
      openEnd={hasNext}
      // A page that cannot be read is left for another.
      disabled={isReading}
      ariaLabels={{
        paginationLabel: label,
        nextPageLabel: 'Next page',
        previousPageLabel: 'Previous page',
        pageLabel: (number) => `Page ${number}`,
      }}
      onChange={({ detail }) => go(detail.currentPageIndex)}
    />
  );
}
