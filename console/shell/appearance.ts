/** Light or dark: as the system has it, unless this browser's user said otherwise. */
import { applyMode, Mode } from '@cloudscape-design/global-styles';

export const APPEARANCES = ['system', 'light', 'dark'] as const;
export type Appearance = (typeof APPEARANCES)[number];

const KEY = 'portal-pin.appearance';
const system = matchMedia('(prefers-color-scheme: dark)');

export function appearance(): Appearance {
  const kept = localStorage.getItem(KEY);
  return APPEARANCES.find((each) => each === kept) ?? 'system';
}

/** Keeps the choice for the next visit and applies it. */
export function chooseAppearance(chosen: Appearance): void {
  localStorage.setItem(KEY, chosen);
  apply();
}

/** Applies the choice, and the system's changes where it is followed. */
export function followAppearance(): void {
  apply();
  system.addEventListener('change', apply);
}

function apply(): void {
  const chosen = appearance();
  const isDark = chosen === 'dark' || (chosen === 'system' && system.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  // Scroll bars and whatever else the browser draws.
  document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
}
