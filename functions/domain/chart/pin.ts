/** The PIN of P6: one capital letter and nine digits, such as B122900125. */

/** 24 letters, without I and O: on paper and on a phone these look like digits. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const DIGITS = 9;

/** A PIN in any form: hand-made PINs may carry any letter. */
const PIN_PATTERN = /^[A-Z][0-9]{9}$/;

/**
 * A new PIN, one of 24 × 10⁹.
 * @param randomInt an unbiased integer in [0, max) from a CSPRNG (`node:crypto` randomInt rejects instead of taking the
 * remainder, so that no PIN is likelier than another).
 */
export function generatePin(randomInt: (max: number) => number): string {
  const letter = LETTERS.charAt(randomInt(LETTERS.length));
  return letter + String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
}

export function isPin(value: string): boolean {
  return PIN_PATTERN.test(value);
}
