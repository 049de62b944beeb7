/** Chance that depends on the seed and on what it is about, never on the order of asking: a year can be played again. */

/** A number in [0, 1), the same for the same seed and subject. */
export type Chance = (...subject: readonly (string | number)[]) => number;

export function chanceOf(seed: number): Chance {
  return (...subject) => {
    // FNV-1a over the subject, then the finalizer of MurmurHash3: neighbors have nothing in common.
    let hash = 0x811c9dc5 ^ seed;
    for (const letter of subject.join('/')) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `first` to `last`, both included. */
export function between(chance: number, first: number, last: number): number {
  return first + Math.floor(chance * (last - first + 1));
}

/** One of the weighted choices. */
export function oneOf<T extends string>(chance: number, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][];
  let left = chance * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of entries) {
    if (left < weight) return choice;
    left -= weight;
  }
  throw new Error('no weights were given');
}
