/** The frame of all pages: navigation, notices, the practice's time, and the page that the address names. */
import AppLayout from '@cloudscape-design/components/app-layout-toolbar';
import Button from '@cloudscape-design/components/button';
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import { PauseBanner } from '../actions/pause.tsx';
import { useSurroundings } from '../api/context.tsx';
import { useOverview } from '../api/questions.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { useHealth } from './health.ts';
import { Breadcrumbs, Navigation } from './navigation.tsx';
import { NoticesProvider, useNotices } from './notices.tsx';
import { Empty, Page, Reading } from './page.tsx';
import { PageLink } from './page-link.tsx';
import { PracticeTimeProvider, UNKNOWN_TIME } from './practice-time.tsx';
import { TopBar } from './top-bar.tsx';

const Today = lazy(() => import('../pages/today.tsx'));
const Patients = lazy(() => import('../pages/patients.tsx'));
const Patient = lazy(() => import('../pages/patient.tsx'));
const Executions = lazy(() => import('../pages/executions.tsx'));
const Execution = lazy(() => import('../pages/execution.tsx'));
const Sweeps = lazy(() => import('../pages/sweeps.tsx'));
const Sweep = lazy(() => import('../pages/sweep.tsx'));
const Practice = lazy(() => import('../pages/practice.tsx'));
const Tour = lazy(() => import('../local/tour.tsx'));
const Charts = lazy(() => import('../local/charts.tsx'));
const Chart = lazy(() => import('../local/chart.tsx'));
const Mailbox = lazy(() => import('../local/mailbox.tsx'));

/** Preloaded in the background, so that actions work even if the page's files become unavailable. */
const DIALOGS = [
  () => import('../actions/case-dialog.tsx'),
  () => import('../actions/pause-dialog.tsx'),
  () => import('../actions/sweep-dialog.tsx'),
];

/** Where the navigation stands beside the page and not above it; Cloudscape's own limit. */
const HAS_ROOM = '(min-width: 689px)';

export function App() {
  return (
    <NoticesProvider>
      <Frame />
    </NoticesProvider>
  );
}

function Frame() {
  const { site } = useSurroundings();
  const { pathname } = useLocation();
  const overview = useOverview();
  const content = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(() => matchMedia(HAS_ROOM).matches);
  useFocusOnMove(pathname, content);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const load of DIALOGS) load().catch(() => undefined);
    }, 2_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <PracticeTimeProvider value={overview.data ?? UNKNOWN_TIME}>
      <div id="top">
        <TopBar />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        breadcrumbs={<Breadcrumbs path={pathname} />}
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setIsOpen(detail.open)}
        maxContentWidth={1400}
        navigationWidth={220}
        ariaLabels={{ navigation: 'Pages', navigationToggle: 'Show pages', navigationClose: 'Hide pages' }}
        navigation={
          <Navigation
            path={pathname}
            hasLocal={site.local !== null}
            // On a phone it covers the page that was asked for.
            followed={() => setIsOpen(matchMedia(HAS_ROOM).matches)}
          />
        }
        notifications={<Notifications />}
        content={
          <div ref={content} tabIndex={-1} className="content">
            <ErrorBoundary address={pathname}>
              <Suspense fallback={<Reading what="the page" />}>
                <PageOf hasLocal={site.local !== null} />
              </Suspense>
            </ErrorBoundary>
          </div>
        }
      />
    </PracticeTimeProvider>
  );
}

/** Moves focus to the new page, so keyboard and screen reader users do not stay at the link. */
function useFocusOnMove(pathname: string, content: React.RefObject<HTMLDivElement | null>): void {
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    content.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname, content]);
}

function PageOf({ hasLocal }: { hasLocal: boolean }) {
  return (
    <Routes>
      <Route index element={<Today />} />
      <Route path="patients" element={<Patients />} />
      <Route path="patients/:patientId" element={<Patient />} />
      <Route path="executions" element={<Executions />} />
      <Route path="executions/:name" element={<Execution />} />
      <Route path="sweeps" element={<Sweeps />} />
      <Route path="sweeps/:day/:execution" element={<Sweep />} />
      <Route path="practice" element={<Practice />} />
      {hasLocal ? (
        <Route path="local">
          <Route index element={<Tour />} />
          <Route path="chart" element={<Charts />} />
          <Route path="chart/:patientId" element={<Chart />} />
          <Route path="mailbox" element={<Mailbox />} />
        </Route>
      ) : null}
      <Route path="*" element={<Nothing />} />
    </Routes>
  );
}

function Nothing() {
  return (
    <Page title="Nothing is here">
      <Empty title="No page has this address.">
        Check the link, or go on at <PageLink to="/">Today</PageLink>.
      </Empty>
    </Page>
  );
}

function Notifications() {
  const { items } = useNotices();
  const { signIn } = useSurroundings();
  const health = useHealth();
  const standing: FlashbarProps.MessageDefinition[] = [];
  if (health === 'DOWN') {
    standing.push({
      id: 'down',
      type: 'warning',
      loading: true,
      header: 'Portal PIN does not answer',
      content:
        'This data may be outdated. The page resumes automatically when the API answers; nothing you typed is lost.',
    });
  }
  if (health === 'SIGNED_OUT') {
    standing.push({
      id: 'signed-out',
      type: 'warning',
      header: 'Your session has ended',
      content: 'Sign in again to go on. Reasons that you typed are kept.',
      action: signIn === null ? null : <Button onClick={signIn}>Sign in</Button>,
    });
  }
  return (
    <>
      <PauseBanner />
      <Flashbar items={[...standing, ...items]} />
    </>
  );
}
