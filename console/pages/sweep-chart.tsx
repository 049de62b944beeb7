/** Sweeps by day, in one bar each. */
import BarChart from '@cloudscape-design/components/bar-chart';
import type { Sweep } from '../../functions/admin/contract/sweeps.ts';
import { Empty } from '../shell/page.tsx';
import { dayAfter, shortDayOf } from '../time.ts';
import { LOOK_WORDS } from '../words.ts';

interface Props {
  sweeps: readonly Sweep[];
  from: string;
  to: string;
}

const LOOKS = ['STARTED', 'RUNNING', 'NOT_DUE', 'PAUSED', 'FAILED'] as const;

export default function SweepChart({ sweeps, from, to }: Props) {
  const days: string[] = [];
  for (let day = from; day <= to; day = dayAfter(day, 1)) days.push(day);
  const real = sweeps.filter(({ dryRun }) => !dryRun);
  const count = (day: string, look: (typeof LOOKS)[number]) =>
    real.filter((sweep) => sweep.day === day).reduce((sum, { counts }) => sum + counts[look], 0);
  const series = LOOKS.map((look) => ({
    title: LOOK_WORDS[look] ?? look,
    type: 'bar' as const,
    data: days.map((day) => ({ x: shortDayOf(day), y: count(day, look) })),
  })).filter(({ data }) => data.some(({ y }) => y > 0));
  return (
    <BarChart
      series={series}
      xDomain={days.map(shortDayOf)}
      stackedBars
      height={220}
      hideFilter
      xTitle="Day"
      yTitle="Patients"
      ariaLabel="Patients checked by sweeps, by day"
      empty={<Empty title="No patients checked in this period" />}
    />
  );
}
