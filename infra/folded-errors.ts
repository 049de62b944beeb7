/** Shortens the AWS SDK's error classes: every client repeats 400 bytes for each, and a bundle carries a hundred. */

/** One class as the SDK's generator writes it, without members of its own. */
const PLAIN_ERROR =
  /export class (\w+) extends __BaseException \{\s*static shapeId = "([\w.]+#)\1";\s*name = "\1";\s*\$fault = ("\w+");\s*constructor\(opts\) \{\s*super\(\{\s*name: "\1",\s*\$fault: \3,\s*\.\.\.opts,\s*\}\);\s*Object\.setPrototypeOf\(this, \1\.prototype\);\s*\}\s*\}/g;

/** Makes a class of the same name, static member and fields. */
const named = (namespace: string) => `
const __named = (name, $fault = "client") => ({ [name]: class extends __BaseException {
  static shapeId = ${JSON.stringify(namespace)} + name;
  name = name;
  $fault = $fault;
  constructor(opts) {
    super({ name, $fault, ...opts });
    Object.setPrototypeOf(this, new.target.prototype);
  }
} })[name];
`;

/** @param source text of `@aws-sdk/client-*\/dist-es/models/errors.js`; a class of any other form stays as it is */
export function foldErrors(source: string): string {
  const namespace = /static shapeId = "([\w.]+#)/.exec(source)?.[1];
  if (namespace === undefined) return source;
  const folded = source.replace(PLAIN_ERROR, (whole, name: string, prefix: string, fault: string) => {
    if (prefix !== namespace) return whole;
    return `export const ${name} = /* @__PURE__ */ __named("${name}"${fault === '"client"' ? '' : `, ${fault}`});`;
  });
  const lastImport = source.lastIndexOf('\nimport ');
  const end = source.indexOf('\n', lastImport + 1);
  return `${folded.slice(0, end)}${named(namespace)}${folded.slice(end)}`;
}
