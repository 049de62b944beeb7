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

export function show(answer: Answer, asJson: boolean): string {
  if (asJson) return `${JSON.stringify(answer.json, null, 2)}\n`;
  const parts = [...(answer.lines ?? [])];
  if (answer.table !== undefined && answer.table.rows.length > 0) {
    const table = new Table({ head: answer.table.head, style: { head: [], border: [] } });
    table.push(...answer.table.rows);
    parts.push(table.toString());
  }
  return `${parts.join('\n')}\n`;
}
