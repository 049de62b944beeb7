/** SES's query protocol (API version 2010-12-01), as far as the mailbox needs it besides aws-ses-v2-local. */

/** The parameters of a request, by their dotted names. */
export type SesParameters = Readonly<Record<string, string>>;

/** An answer of SES: XML, and its HTTP status. */
export interface SesAnswer {
  readonly status: number;
  readonly body: string;
}

/** The parameters in a form-encoded body. */
export function sesParameters(body: Buffer): SesParameters {
  return Object.fromEntries(new URLSearchParams(body.toString()));
}

/** The list under `name`: `name.member.1`, `name.member.2`, … */
export function members(parameters: SesParameters, name: string): string[] {
  const list: string[] = [];
  for (let value = parameters[`${name}.member.1`]; value !== undefined; ) {
    list.push(value);
    value = parameters[`${name}.member.${list.length + 1}`];
  }
  return list;
}

/** The message tags (`Tags.member.1.Name`, `Tags.member.1.Value`, …) by name. */
export function messageTags(parameters: SesParameters): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let at = 1; ; at += 1) {
    const name = parameters[`Tags.member.${at}.Name`];
    if (name === undefined) return tags;
    tags[name] = parameters[`Tags.member.${at}.Value`] ?? '';
  }
}

/**
 * What is wrong with an address, or null. The texts on a missing domain and on the local part are the ones SES answers;
 * it counts letters outside ASCII among "control or whitespace". The other texts only resemble its own.
 * @param address `user@host`, or with a name: `Name <user@host>`
 */
export function addressFault(address: string): string | null {
  const bare = /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address.trim();
  const at = bare.lastIndexOf('@');
  if (at < 0 || at === bare.length - 1) return "Missing final '@domain'";
  const local = bare.slice(0, at);
  const domain = bare.slice(at + 1);
  if (local === '') return 'Missing local address';
  if (/[\p{Cc}\s]|\P{ASCII}/u.test(local)) return 'Local address contains control or whitespace';
  if (/[\p{Cc}\s]|\P{ASCII}/u.test(domain)) return 'Domain contains control or whitespace';
  if (domain.startsWith('.')) return 'Domain starts with dot';
  if (domain.endsWith('.')) return 'Domain ends with dot';
  if (domain.includes('..')) return 'Domain contains dot-dot';
  if (/[^A-Za-z0-9.-]/.test(domain)) return 'Domain contains illegal character';
  return null;
}

/** An error as SES answers it; the SDK makes an exception named `code` of it. */
export function sesError(status: number, code: string, message: string): SesAnswer {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return {
    status,
    body:
      '<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">' +
      `<Error><Type>${type}</Type><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error>` +
      '<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>',
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
