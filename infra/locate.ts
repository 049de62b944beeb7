/**
 * `npm run locate -- <map> <line>:<column>`: where in the sources a place of a bundle is, as the log field `at` names it
 * (docs/runbook.md, "An error is unexpected").
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * The source's path, line and column, each as an editor counts them.
 * @param place `1:20345`, as a stack trace counts
 * @throws RangeError where the map has no such place
 */
export function locate(map: string, place: string): string {
  const [line = NaN, column = NaN] = place.split(':').map(Number);
  const found = new SourceMap(JSON.parse(map)).findEntry(line - 1, column - 1);
  if (!('originalSource' in found)) throw new RangeError(`${place} is no place of this bundle.`);
  return `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}

if (import.meta.main) {
  const [file, place] = process.argv.slice(2);
  if (file === undefined || place === undefined || !/^\d+:\d+$/.test(place)) {
    console.error('Usage: npm run locate -- <function>.js.map <line>:<column>');
    process.exitCode = 2;
  } else {
    try {
      console.log(locate(readFileSync(file, 'utf8'), place));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 2;
    }
  }
}
