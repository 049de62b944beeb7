/** What a command answers: one JSON document for programs, or lines and a table for people. */
import Table from 'cli-table3';

export interface Answer {
  /** What `--json` prints. */
  json: unknown;
  lines?: string[];
  table?: { head: string[]; rows: (string | number)[][] };
  /** What was asked for was not done, or not all of it: exit code 1. */
  isFailure?: boolean;
}

/** Counters for one cell: a line each, without those at zero. */
export function countsOf(counts: Readonly<Record<string, number>>): string {
  const lines = Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${name} ${count}`]));
  return lines.join('\n') || '–';
}

/** @param columns of the terminal; wider tables are wrapped into it. Undefined where the output is no terminal. */
export function show(answer: Answer, asJson: boolean, columns?: number): string {
  if (asJson) return `${JSON.stringify(answer.json, null, 2)}\n`;
  const parts = [...(answer.lines ?? [])];
  if (answer.table !== undefined && answer.table.rows.length > 0) {
    const { head, rows } = answer.table;
    const fitted = columns === undefined ? {} : { colWidths: widthsOf([head, ...rows], columns), wordWrap: true };
    const table = new Table({ head, style: { head: [], border: [] }, ...fitted, wrapOnWordBoundary: false });
    table.push(...answer.table.rows);
    parts.push(table.toString());
  }
  return `${parts.join('\n')}\n`;
}

/** Padding and borders around the text of a column. */
const PADDING = 2;

/** Widths of the columns, padding included. What does not fit is taken from the widest ones. */
function widthsOf(rows: readonly (string | number)[][], columns: number): number[] {
  const longest = (cell: string | number) =>
    Math.max(
      ...String(cell)
        .split('\n')
        .map((line) => line.length),
    );
  const widths = (rows[0] ?? []).map((_head, n) => Math.max(...rows.map((row) => longest(row[n] ?? ''))) + PADDING);
  // A border before each column and one after the last.
  const room = Math.max(columns - widths.length - 1, widths.length * (PADDING + 1));
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    widths[widths.indexOf(Math.max(...widths))] = Math.max(...widths) - 1;
  }
  return widths;
}
