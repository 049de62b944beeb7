/** Outcomes of a sweep's executions, most frequent first. */
import BarChart from '@cloudscape-design/components/bar-chart';
import { endingWords } from '../words.ts';

export default function OutcomeChart({ outcomes }: { outcomes: Readonly<Record<string, number>> }) {
  const sorted = Object.entries(outcomes).toSorted(([, a], [, b]) => b - a);
  return (
    <BarChart
      series={[
        { title: 'Patients', type: 'bar', data: sorted.map(([key, count]) => ({ x: endingWords(key), y: count })) },
      ]}
      xDomain={sorted.map(([key]) => endingWords(key))}
      horizontalBars
      height={Math.max(80, sorted.length * 44)}
      hideFilter
      hideLegend
      xTitle="Ending"
      yTitle="Patients"
      ariaLabel="Outcomes of started executions"
    />
  );
}
