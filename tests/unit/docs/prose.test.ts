/** `npm run check:prose` finds what it is there for. */
import { describe, expect, it } from 'vitest';
import { misspellings, wordings } from '../../../docs/prose/check.ts';
import { proseOf, wordsOf } from '../../../docs/prose/prose.ts';

const page = (text: string) => [{ path: 'docs/planted.md', text }];
const source = (text: string, path = 'functions/planted.ts') => [{ path, text }];

describe('spelling', () => {
  it('finds a misspelled word in a document, with its line', async () => {
    expect(await misspellings(page('# Title\n\nThe patient recieves a PIN.\n'))).toEqual([
      { path: 'docs/planted.md', line: 3, message: 'unknown word: recieves' },
    ]);
  });

  it('finds British spelling', async () => {
    expect(await misspellings(page('The behaviour of the chart.\n'))).toHaveLength(1);
  });

  it('finds a misspelled word in a comment, and reads no code as prose', async () => {
    const text = "/**\n * Signs the documnet.\n */\nexport const recieves = 'recieves'; // seperate\n";
    expect((await misspellings(source(text))).map(({ line, message }) => `${line} ${message}`)).toEqual([
      '2 unknown word: documnet',
      '4 unknown word: seperate',
    ]);
  });

  it('finds a misspelled word on a screen', async () => {
    const text = 'export const Page = () => <p title="Needs atention now">Nothing {`is recieved yet`}</p>;\n';
    expect(await misspellings(source(text, 'console/planted.tsx'))).toHaveLength(2);
  });

  it('leaves code, links and names alone', async () => {
    const text =
      'Call `fooBarr`, [here](docs/recieves.md), patientIdd, VerifyEmail, `xyzzzy`.\n\n```sh\nrecieve\n```\n';
    expect(await misspellings(page(text))).toEqual([]);
  });
});

describe('wording', () => {
  it.each([
    ['Whoever signs it.', 'Whoever'],
    ['Nobody is told.', 'Nobody'],
    ['Send an e-mail.', 'e-mail'],
    ['Open the pickup page.', 'pickup page'],
  ])('finds a banned word or a wrong term: %s', async (text, word) => {
    const findings = await wordings(page(`# Title\n\n${text}\n`));
    expect(findings).toEqual([{ path: 'docs/planted.md', line: 3, message: expect.stringContaining(word) }]);
  });

  it('finds a banned word in an indented comment', async () => {
    const findings = await wordings(
      source('export class X {\n    /**\n     * Nobody reads it.\n     */\n    y = 1;\n}\n'),
    );
    expect(findings.map(({ line }) => line)).toEqual([3]);
  });
});

it('keeps each word on its line', () => {
  const prose = proseOf('docs/planted.md', 'One\n```js\ntwo();\n```\nthree\n');
  expect([...wordsOf(prose)]).toEqual([
    ['one', [1]],
    ['three', [5]],
  ]);
});
