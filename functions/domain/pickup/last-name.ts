/** Whether a last name that somebody typed is one that the chart knows. */

/** Letters that do not fall apart into a plain one and an accent. */
const FOLDED: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/** Parts of a name by which nobody is told from others. */
const PARTICLES = new Set(
  (
    'al ap bin da das de del della den der des di do dos du e el i ii iii iv ibn jr la las le los mac mc of ' +
    'san santa sr st ten ter van ver von y zu zur'
  ).split(' '),
);

/**
 * Compares without accents, case, blanks, hyphens and apostrophes. Of a name of several parts, as Spanish ones have
 * them, one that tells somebody from others is enough: charts and people shorten them differently.
 */
export function isLastName(typed: string, known: readonly string[]): boolean {
  const wanted = folded(typed);
  return wanted !== '' && known.some((name) => folded(name) === wanted || partsOf(name).includes(wanted));
}

/** Whether anything could be compared with a name of the chart. */
export function hasLastName(known: readonly string[]): boolean {
  return known.some((name) => folded(name) !== '');
}

function partsOf(name: string): string[] {
  const parts = name.split(/[\s\-–/,]+/).map(folded);
  return parts.filter((part) => part.length > 1 && !PARTICLES.has(part));
}

/** The letters of a name, and nothing else of it. */
function folded(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
  return plain.replace(/[ßæœøłđðþı]/g, (letter) => FOLDED[letter] ?? letter);
}
