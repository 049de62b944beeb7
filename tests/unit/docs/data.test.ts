/** docs/data.md lists the records that the adapters write, no more and no less. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DISCOVERIES_PARTITION, DUE_INDEX, WORK_INDEX } from '../../../functions/adapters/dynamodb/table.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(`${ROOT}docs/data.md`, 'utf8');
const ADAPTERS = 'functions/adapters/dynamodb/*.ts';

/** A key as a document writes it, without its ids: `PATIENT#<id>` / `PICKUP#<document>` is PATIENT PICKUP#. */
const bare = (partition: string, sort: string) =>
  `${partition.replace(/#<.*/, '')} ${sort.replace(/<.*/, '')}`.replace(/#(?= )/, '');

/** The keys that the text of an adapter makes by `keyOf`: the kind, and what is fixed of the sort key. */
function keysOf(source: string): string[] {
  const constants = new Map(
    [...source.matchAll(/const ([A-Z]+) = '([^']*)'/g)].map(([, name = '', is = '']) => [name, is]),
  );
  const fixed = (sort: string) =>
    constants.get(sort) ??
    sort
      .replace(/\$\{([A-Z]+)\}/g, (_, name: string) => constants.get(name) ?? '')
      .replace(/[`']/g, '')
      .replace(/\$\{.*/, '');
  return [...source.matchAll(/keyOf\('([A-Z]+)', ([^,]+), ([^)]+)\)/g)].map(([, kind = '', id = '', sort = '']) => {
    const partition = id.startsWith("'") ? `${kind}#${id.slice(1, -1)}` : kind;
    return bare(partition, /^[a-z]+$/.test(sort) ? '<variable>' : fixed(sort));
  });
}

const documented = [...page.matchAll(/^\| `([A-Z]+#[^`]+)` \/ `([^`]+)`/gm)].map(([, partition = '', sort = '']) =>
  bare(partition, sort),
);

describe('docs/data.md', () => {
  it('has a row for each key that an adapter writes, and no other', () => {
    const written = globSync(ADAPTERS, { cwd: ROOT }).flatMap((file) => keysOf(readFileSync(`${ROOT}${file}`, 'utf8')));
    const runs = [bare(DISCOVERIES_PARTITION, 'RUN#<id>'), bare('SWEEP#<day>', 'PAGE#<page>')];
    expect(written.length).toBeGreaterThan(12);
    // A page's sort key is a variable there.
    const known = [...written.filter((key) => key !== 'SWEEP '), ...runs];
    expect([...new Set(documented)].toSorted()).toEqual([...new Set(known)].toSorted());
  });

  it('finds a key that is planted in an adapter', () => {
    expect(keysOf("const RUN = 'RUN#'; keyOf('PLANTED', day, RUN); keyOf('A', 'b', 'C');")).toEqual([
      'PLANTED RUN#',
      'A#b C',
    ]);
  });

  it('has both indexes with their keys', () => {
    for (const { name, partitionKey, sortKey } of [DUE_INDEX, WORK_INDEX]) {
      expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\| \`${partitionKey}\`, \`${sortKey}\``, 'm'));
    }
    for (const attribute of WORK_INDEX.projected) expect(page).toContain(`\`${attribute}\``);
  });
});
