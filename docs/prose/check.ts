/** The rules of prose: spelling by cspell, banned words and terms by textlint. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spellCheckDocument } from 'cspell-lib';
import { createLinter, loadTextlintrc } from 'textlint';
import { type Finding, proseOf, wordsOf } from './prose.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export interface Page {
  path: string;
  text: string;
}

/** Finds words that neither American English nor the project's dictionary (`words.txt`) knows. */
export async function misspellings(pages: Page[]): Promise<Finding[]> {
  const found = pages.map(({ path, text }) => ({ path, words: wordsOf(proseOf(path, text)) }));
  const all = [...new Set(found.flatMap(({ words }) => [...words.keys()]))];
  // All words go through the dictionaries once, as one document: that takes a second instead of a minute.
  const { issues } = await spellCheckDocument(
    { uri: 'words.md', text: all.join('\n'), languageId: 'markdown', locale: 'en-US' },
    { generateSuggestions: false, noConfigSearch: true },
    {
      language: 'en-US',
      words: readFileSync(here('words.txt'), 'utf8').split('\n').filter(Boolean),
      dictionaries: ['en_us', 'softwareTerms', 'aws', 'companies', 'typescript', 'node', 'html', 'css'],
      maxNumberOfProblems: 10_000,
      maxDuplicateProblems: 10_000,
    },
  );
  const unknown = new Set(issues.map(({ text }) => text));
  return found.flatMap(({ path, words }) =>
    [...words]
      .filter(([word]) => unknown.has(word))
      .flatMap(([word, lines]) => lines.map((line) => ({ path, line, message: `unknown word: ${word}` }))),
  );
}

/** Finds banned words and wrong terms (`.textlintrc.json`). */
export async function wordings(pages: Page[]): Promise<Finding[]> {
  const linter = createLinter({ descriptor: await loadTextlintrc({ configFilePath: here('../../.textlintrc.json') }) });
  const findings: Finding[] = [];
  for (const { path, text } of pages) {
    // Comments are read like Markdown; their indentation would make them code.
    const prose = path.endsWith('.md') ? text : proseOf(path, text).replace(/^[ \t]+/gm, '');
    const { messages } = await linter.lintText(prose, `${path.replace(/\.\w+$/, '')}.md`);
    findings.push(...messages.map(({ line, message }) => ({ path, line, message })));
  }
  return findings;
}
