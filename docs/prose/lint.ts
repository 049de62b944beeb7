/** `npm run check:prose`: fails on a misspelled word or a banned one, and counts the banned pronouns of the whole tree. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { misspellings, wordings } from './check.ts';

/** Banned words fail in documents. Set this to true to make them fail in comments and in the texts of the screens, too. */
const BANS_WORDS_IN_CODE = true;
/** The whole tree may use these pronouns this often: some sentences need one. */
const PRONOUNS = /\b(?:who|whoever|whom|whose|nobody|somebody)\b/gi;
const PRONOUN_BUDGET = 150;
/** Written by a program, by another project, or in Spanish; and the list of the banned words itself. */
const NOT_OURS =
  /^(package-lock\.json|LICENSE|\.textlintrc\.json|docs\/(openapi\/.*\.json|mails\/new|mails\/re|prose\/))|\.png$/;
const SPANISH = /^(functions\/notification\/(wording|templates)|functions\/pickup\/(words|wording|templates))/;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path) && !NOT_OURS.test(path))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const documents = files.filter(({ path }) => path.endsWith('.md'));
const sources = files.filter(({ path }) => /\.tsx?$/.test(path) && !SPANISH.test(path));

const findings = [
  ...(await misspellings([...documents, ...sources])),
  ...(await wordings(BANS_WORDS_IN_CODE ? [...documents, ...sources] : documents)),
];
for (const { path, line, message } of findings) console.error(`${path}:${line} ${message}`);
const uses = files.flatMap(({ text }) => text.match(PRONOUNS) ?? []).length;
const isOverBudget = BANS_WORDS_IN_CODE && uses > PRONOUN_BUDGET;
console.log(`prose: ${files.length} files, ${findings.length} findings; pronouns: ${uses} of ${PRONOUN_BUDGET}`);
if (findings.length > 0 || isOverBudget) process.exitCode = 1;
