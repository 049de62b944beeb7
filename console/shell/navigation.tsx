/** The navigation beside the pages, and the breadcrumbs above them. */
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useHref, useNavigate } from 'react-router';
import { shortName } from '../pages/execution-name.ts';

const PAGES = [
  { text: 'Today', path: '/' },
  { text: 'Patients', path: '/patients' },
  { text: 'Executions', path: '/executions' },
  { text: 'Sweeps', path: '/sweeps' },
  { text: 'Practice', path: '/practice' },
];
const LOCAL_PAGES = [
  { text: 'Tour', path: '/local' },
  { text: 'Chart', path: '/local/chart' },
  { text: 'Mailbox', path: '/local/mailbox' },
];

interface NavigationProps {
  path: string;
  hasLocal: boolean;
  followed: () => void;
}

export function Navigation({ path, hasLocal, followed }: NavigationProps) {
  const navigate = useNavigate();
  const base = useHref('/').replace(/\/$/, '');
  const link = (page: { text: string; path: string }): SideNavigationProps.Item => ({
    type: 'link',
    text: page.text,
    href: `${base}${page.path}`,
  });
  const items: SideNavigationProps.Item[] = [
    ...PAGES.map(link),
    ...(hasLocal ? [{ type: 'section' as const, text: 'This machine', items: LOCAL_PAGES.map(link) }] : []),
  ];
  return (
    <SideNavigation
      items={items}
      activeHref={`${base}${activeOf(path)}`}
      onFollow={(event) => {
        if (event.detail.external) return;
        event.preventDefault();
        followed();
        void navigate(event.detail.href.slice(base.length) || '/');
      }}
    />
  );
}

/** The current page, and the item shown on it. */
export function Breadcrumbs({ path }: { path: string }) {
  const navigate = useNavigate();
  const base = useHref('/').replace(/\/$/, '');
  const page = [...PAGES, ...LOCAL_PAGES].find((each) => each.path === activeOf(path));
  const rest = page === undefined || page.path === '/' ? '' : path.slice(page.path.length + 1);
  const items = [
    { text: 'Portal PIN', href: `${base}/` },
    ...(page === undefined ? [] : [{ text: page.text, href: `${base}${page.path}` }]),
    ...(rest === ''
      ? []
      : [{ text: shortName(decodeURIComponent(rest.split('/').at(-1) ?? '')), href: `${base}${path}` }]),
  ];
  return (
    <BreadcrumbGroup
      items={items}
      ariaLabel="Where you are"
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(base.length) || '/');
      }}
    />
  );
}

/** The page of the navigation that a path is of, or below. */
function activeOf(path: string): string {
  const found = [...LOCAL_PAGES, ...PAGES]
    .filter((page) => page.path === path || (page.path !== '/' && path.startsWith(`${page.path}/`)))
    .toSorted((a, b) => b.path.length - a.path.length);
  return found[0]?.path ?? path;
}
