/** Instants and days as the practice reads them: in its time zone, whatever the browser's is. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `Nov 24, 2026, 8:30 AM EST`. */
export function momentOf(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(instant));
}

/** With seconds, for what happens within one execution. */
export function exactMomentOf(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    new Date(instant),
  );
}

/** `Tuesday, November 24, 2026`. */
export function dayNameOf(day: string): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** `Nov 24`. */
export function shortDayOf(day: string): string {
  const format = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** `days` after `day`; before it where negative. */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(new Date(`${text}T00:00:00Z`).getTime());
}

/** How long from one instant to another, in its two largest units at most: `3 days`, `1 hour 20 min`, `4 s`. */
export function lengthOf(from: string, to: string): string {
  return durationOf((new Date(to).getTime() - new Date(from).getTime()) / 1000);
}

/** @param seconds less than none is none */
export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (seconds < 1) return 'under 1 s';
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR)
    return joined([
      [Math.floor(whole / MINUTE), 'min'],
      [whole % MINUTE, 's'],
    ]);
  if (whole < 2 * DAY)
    return joined([
      [Math.floor(whole / HOUR), 'h'],
      [Math.floor((whole % HOUR) / MINUTE), 'min'],
    ]);
  return `${Math.floor(whole / DAY)} days`;
}

function joined(parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** `in 12 days`, `3 h ago`. */
export function relativeTo(now: string, instant: string): string {
  const isPast = new Date(instant) <= new Date(now);
  return isPast ? `${lengthOf(instant, now)} ago` : `in ${lengthOf(now, instant)}`;
}
