/** Compares a typed last name with the chart's names. */

/** Letters that Unicode does not decompose into a base letter and an accent. */
const FOLDED: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/** Name parts that do not identify a person. */
const PARTICLES = new Set(
  (
    'al ap bin da das de del della den der des di do dos du e el i ii iii iv ibn jr la las le los mac mc of ' +
    'san santa sr st ten ter van ver von y zu zur'
  ).split(' '),
);

/**
 * Compares without accents, case, blanks, hyphens and apostrophes. For a name of several parts, such as Spanish surnames,
 * one identifying part is enough: charts and people shorten them differently.
 */
export function isLastName(typed: string, known: readonly string[]): boolean {
  const wanted = folded(typed);
  return wanted !== '' && known.some((name) => folded(name) === wanted || partsOf(name).includes(wanted));
}

/** Whether the chart has a name to compare with. */
export function hasLastName(known: readonly string[]): boolean {
  return known.some((name) => folded(name) !== '');
}

function partsOf(name: string): string[] {
  const parts = name.split(/[\s\-–/,]+/).map(folded);
  return parts.filter((part) => part.length > 1 && !PARTICLES.has(part));
}

/** Only the letters of a name. */
function folded(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
  return plain.replace(/[ßæœøłđðþı]/g, (letter) => FOLDED[letter] ?? letter);
}
