/** Each relative link of a document leads to a file that is there, and to a heading of it. Each path in code style exists. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const pages = ['*.md', '.github/*.md', 'docs/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }));

const withoutCode = (markdown: string) => markdown.replace(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page: those that GitHub gives to headings, and named ones. */
function anchorsOf(markdown: string): string[] {
  const named = [...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...named, ...headings];
}

function brokenLinks(page: string, markdown: string): string[] {
  const links = [...withoutCode(markdown).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)]*))?\)/g)];
  return links.flatMap(([link, path = '', anchor]) => {
    const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
    if (!existsSync(file)) return [link];
    if (anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).includes(anchor)) return [];
    return [link];
  });
}

function missingPaths(markdown: string): string[] {
  const folders = 'functions|tests|local|infra|docs|cli|console|bench|statemachines';
  return [...withoutCode(markdown).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]+)\``, 'g'))]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(ROOT, path)));
}

it('sees the pages, and finds a planted dead link, anchor and path', () => {
  expect(pages.length).toBeGreaterThan(40);
  expect(brokenLinks('README.md', '[a](docs/nowhere.md) [b](#no-heading) [c](LICENSE)\n\n# Heading\n')).toHaveLength(2);
  expect(missingPaths('`functions/nowhere.ts` and `functions/domain/errors.ts`')).toEqual(['functions/nowhere.ts']);
});

it.each(pages)('%s leads nowhere that is not there', (page) => {
  const markdown = readFileSync(join(ROOT, page), 'utf8');
  expect(brokenLinks(page, markdown)).toEqual([]);
  // A changelog and a decision record speak of the tree as it was.
  const isHistory = page === 'CHANGELOG.md' || relative('docs/decisions', page).startsWith('0');
  if (!isHistory) expect(missingPaths(markdown)).toEqual([]);
});

it('keeps each page short enough to read in one sitting', () => {
  const lines = (page: string) => readFileSync(join(ROOT, page), 'utf8').split('\n').length;
  expect(pages.filter((page) => page !== 'CHANGELOG.md' && lines(page) > 160)).toEqual([]);
});
