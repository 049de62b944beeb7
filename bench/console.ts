/** The console: what a page loads before it is shown, and how fast a long list is paged, in a real browser. */
import { createConsoleBuild } from '../local/console/console-build.ts';
import { openBrowser } from '../tests/support/harness/browser.ts';
import { manyExecutions, PAGE } from '../tests/support/harness/many-executions.ts';
import { scriptApi, untilBuilt } from '../tests/support/harness/scripted-api.ts';
import { firstLoads } from './first-load.ts';
import { median } from './median.ts';
import { print, printTable } from './print.ts';

const EXECUTIONS = 100_000;
/** Pages that are turned one after the other: an odd number, for the median. */
const TURNS = 41;
const KB = 1000;

export async function consolePages(): Promise<void> {
  await firstLoad();
  await paging();
}

async function firstLoad(): Promise<void> {
  const build = createConsoleBuild();
  await untilBuilt(build);
  const built = build.look();
  if (built.state !== 'BUILT') throw new Error('The console was not built.');
  const loads = firstLoads(built.files).toSorted((a, b) => b.bytes - a.bytes);
  printTable(
    ['Page of the console', 'KB of JavaScript, gzipped', 'files'],
    loads.map(({ page, bytes, files }) => [page, (bytes / KB).toFixed(0), String(files)]),
  );
  print('First load', [['largest page, KB', (loads[0]?.bytes ?? 0) / KB, '≤ 350']]);
}

/**
 * From the click on "Next page" until the frame in which the next page's rows stand: request, answer, check against the
 * contract and drawing, with the API's own time left out as far as it makes rows of nothing.
 */
async function paging(): Promise<void> {
  const api = await scriptApi({ listExecutions: manyExecutions(EXECUTIONS) });
  const browser = await openBrowser();
  try {
    const { page } = await browser.open();
    await page.goto(`${api.url}executions`);
    await page.locator('tbody a').first().waitFor();
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      // As text: it runs in the page, and this file's types do not know the page's globals.
      times.push(
        await page.evaluate<number>(`new Promise((resolve) => {
          const first = () => document.querySelector('tbody a').href;
          const before = first();
          const begun = performance.now();
          const seen = new MutationObserver(() => {
            if (first() === before) return;
            seen.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - begun));
          });
          seen.observe(document.querySelector('tbody'), { subtree: true, childList: true, attributes: true });
          document.querySelector('button[aria-label="Next page"]').click();
        })`),
      );
    }
    print(`${EXECUTIONS} executions, ${PAGE} on a page, ${TURNS} pages`, [
      ['a page, median, ms', median(times), '≤ 300'],
      ['nine pages of ten, ms', times.toSorted((a, b) => a - b)[Math.floor(TURNS * 0.9)] ?? Number.NaN, '≤ 300'],
      ['a page, slowest, ms', Math.max(...times), ''],
      ['requests a page', api.of('listExecutions').length / (TURNS + 1), '1'],
    ]);
  } finally {
    await browser.close();
    await api.close();
  }
}
