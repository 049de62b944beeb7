/** Tables of measured figures beside their targets. */
import Table from 'cli-table3';

/** What was measured, the figure, the target ("≤ 12", "≥ 50", "7") or empty. */
export type Row = [string, number, string];

function isMet(value: number, target: string): boolean {
  const bound = Number(target.replace(/[^\d.]/g, ''));
  if (target.startsWith('≤')) return value <= bound;
  if (target.startsWith('≥')) return value >= bound;
  return value === bound;
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

export function print(title: string, rows: Row[]): void {
  const table = new Table({
    head: [title, 'Measured', 'Target', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left'],
  });
  for (const [what, value, target] of rows) {
    table.push([what, shown(value), target, target === '' ? '' : isMet(value, target) ? 'met' : 'missed']);
  }
  console.log(table.toString());
}
