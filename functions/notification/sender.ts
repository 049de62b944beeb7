/** The From of a mail: the practice's name and the address that SES knows (RFC 5322 §3.4). */

/** SES takes no longer one: https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html */
const LONGEST = 320;
/** An encoded word is at most 75 characters, 12 of them the frame `=?UTF-8?Q?` and `?=` (RFC 2047 §2). */
const LONGEST_WORD = 63;

/**
 * `"Riverside Practice" <portal@example.com>`; a name with letters beyond ASCII as encoded words. A name too long for SES is
 * left out. No name can begin a header of its own: what is no visible character is a space.
 */
export function senderOf(name: string, address: string): string {
  const visible = oneLine(name);
  if (visible === '') return address;
  const phrase = /^[\x20-\x7e]*$/.test(visible) ? quoted(visible) : encodedWords(visible).join(' ');
  const from = `${phrase} <${address}>`;
  return from.length <= LONGEST ? from : address;
}

/** Text of the policy as one line: line breaks and other control characters are spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ').trim();
}

function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** RFC 2047 §4.2 and §5 (3): in a phrase only letters, digits and !*+-/ stand for themselves; no letter is cut in two. */
function encodedWords(name: string): string[] {
  const words: string[] = [];
  let word = '';
  for (const character of name) {
    const encoded = /[A-Za-z0-9!*+/-]/.test(character) ? character : character === ' ' ? '_' : bytesOf(character);
    if (word.length + encoded.length > LONGEST_WORD) {
      words.push(word);
      word = '';
    }
    word += encoded;
  }
  return [...words, word].map((each) => `=?UTF-8?Q?${each}?=`);
}

function bytesOf(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
