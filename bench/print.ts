/** Tables of measured figures, beside their targets where they have some. */
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

export function print(title: string, rows: readonly Row[]): void {
  printTable(
    [title, 'Measured', 'Target', ''],
    rows.map(([what, value, target]) => [
      what,
      shown(value),
      target,
      target === '' ? '' : isMet(value, target) ? 'met' : 'missed',
    ]),
  );
}

/** Columns of figures stand right, columns of text left. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const isFigures = (column: number) => rows.every((row) => /^[\d.]*$/.test(row[column] ?? ''));
  const table = new Table({
    head: [...head],
    style: { head: [], border: [] },
    colAligns: head.map((_, column) => (isFigures(column) ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => [...row]));
  console.log(table.toString());
}
