/** The top bar: product and practice name, the practice's time on a local platform, and display settings. */
import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useState } from 'react';
import { useHref, useNavigate } from 'react-router';
import { useSurroundings } from '../api/context.tsx';
import { useMe } from '../api/questions.ts';
import { useClock } from '../local/clock.ts';
import { momentOf } from '../time.ts';
import { APPEARANCES, appearance, chooseAppearance } from './appearance.ts';
import { isKnown, usePracticeTime } from './practice-time.tsx';

const LOOKS = { system: 'System default', light: 'Light', dark: 'Dark' } as const;

export function TopBar() {
  const navigate = useNavigate();
  const home = useHref('/');
  const { site } = useSurroundings();
  const clock = useClockMenu();
  const user = useUserMenu();
  const look = useLookMenu();
  return (
    <TopNavigation
      identity={{
        href: home,
        title: 'Portal PIN',
        onFollow: (event) => {
          event.preventDefault();
          void navigate('/');
        },
      }}
      utilities={[...(site.local === null ? [] : [clock]), look, user]}
    />
  );
}

function useLookMenu(): TopNavigationProps.Utility {
  const [chosen, setChosen] = useState(appearance);
  return {
    type: 'menu-dropdown',
    iconName: 'settings',
    ariaLabel: 'Appearance',
    title: 'Appearance',
    items: APPEARANCES.map((each) => ({
      id: each,
      text: LOOKS[each],
      itemType: 'checkbox' as const,
      checked: each === chosen,
    })),
    onItemClick: ({ detail }) => {
      const next = APPEARANCES.find((each) => each === detail.id);
      if (next === undefined) return;
      chooseAppearance(next);
      setChosen(next);
    },
  };
}

function useUserMenu(): TopNavigationProps.Utility {
  const { signOut } = useSurroundings();
  const me = useMe();
  const name = me.data?.name ?? 'You';
  const groups = me.data?.groups.join(', ') ?? '';
  return {
    type: 'menu-dropdown',
    iconName: 'user-profile',
    text: name,
    description: me.data === undefined ? '' : me.data.canAct ? `May act (${groups})` : `May read (${groups})`,
    items:
      signOut === null
        ? [{ id: 'open', text: 'No sign-in on this machine', disabled: true }]
        : [{ id: 'sign-out', text: 'Sign out' }],
    onItemClick: ({ detail }) => {
      if (detail.id === 'sign-out') signOut?.();
    },
  };
}

const MOVES = [
  { id: 'P1D', text: '1 day later' },
  { id: 'P7D', text: '7 days later' },
  { id: 'P30D', text: '30 days later' },
];

function useClockMenu(): TopNavigationProps.Utility {
  const { now, timeZone } = usePracticeTime();
  const { move, isMoving } = useClock();
  const text = isMoving ? 'Time passes…' : isKnown(now) ? momentOf(now, timeZone) : 'Clock';
  return {
    type: 'menu-dropdown',
    iconName: 'calendar',
    text,
    ariaLabel: `${text}, clock of the practice`,
    title: 'The practice’s time',
    items: MOVES.map((each) => ({ ...each, disabled: isMoving })),
    onItemClick: ({ detail }) => move(detail.id),
  };
}
