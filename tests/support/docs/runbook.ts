/** The runbook as an operator finds it: an index with an anchor for each section, and the sections on its pages. */
import { globSync, readFileSync } from 'node:fs';

const index = readFileSync('docs/runbook.md', 'utf8');
const pages = globSync('docs/runbook/*.md').map((file) => readFileSync(file, 'utf8'));

/** The text of each section by its anchor, if the index has a row with that anchor and a link to the section. */
export const runbookSections: ReadonlyMap<string, string> = new Map(
  pages
    .flatMap((page) => page.split(/^## /m).slice(1))
    .map((text): [string, string] => [text.split('\n')[0]?.toLowerCase().replaceAll(' ', '-') ?? '', text])
    .filter(([anchor]) =>
      new RegExp(`<a id="${anchor}"></a>\\[[^\\]]+\\]\\(runbook/[a-z-]+\\.md#${anchor}\\)`).test(index),
    ),
);
