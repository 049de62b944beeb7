import type { Resource } from '@medplum/fhirtypes';

const LITERAL_REFERENCE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;

/** Whether `value` is a relative literal reference such as `Patient/123`, the only kind that is indexed. */
export function isLiteralReference(value: string): boolean {
  return LITERAL_REFERENCE.test(value);
}

/** Key of all resources that refer to `reference`, through whatever element. */
export function referenceKey(reference: string): string {
  return `r:${reference}`;
}

/** Key of all resources with this identifier value, whatever its system. Tokens are compared without regard to case. */
export function identifierKey(value: string): string {
  return `i:${value.toLowerCase()}`;
}

/** Key of all resources with this code, display or text in `type`. */
export function typeKey(token: string): string {
  return `t:${token.toLowerCase()}`;
}

/**
 * The keys under which a resource is found without a scan. They may find too much (any reference counts, whichever element
 * holds it), never too little: the matcher decides afterwards.
 */
export function indexKeysOf(resource: Resource): Set<string> {
  const keys = new Set<string>();
  for (const [name, value] of Object.entries(resource)) {
    if (name === 'type') collectTypeTokens(value, keys);
    if (name !== 'text' && name !== 'meta') collect(name, value, keys);
  }
  return keys;
}

function collect(name: string, value: unknown, keys: Set<string>): void {
  if (typeof value === 'string') {
    if (isLiteralReference(value)) keys.add(referenceKey(value));
  } else if (Array.isArray(value)) {
    for (const item of value) collect(name, item, keys);
  } else if (typeof value === 'object' && value !== null) {
    if (/identifier$/i.test(name)) collectIdentifier(value, keys);
    for (const [key, child] of Object.entries(value)) collect(key, child, keys);
  }
}

function collectIdentifier(identifier: { value?: unknown; type?: { text?: unknown } }, keys: Set<string>): void {
  if (typeof identifier.value === 'string') keys.add(identifierKey(identifier.value));
  // Medplum's matcher takes the text of an identifier's type for a token, too.
  if (typeof identifier.type?.text === 'string') keys.add(identifierKey(identifier.type.text));
}

function collectTypeTokens(value: unknown, keys: Set<string>): void {
  if (typeof value === 'string') keys.add(typeKey(value));
  else if (Array.isArray(value)) for (const item of value) collectTypeTokens(item, keys);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, child] of Object.entries(value)) if (name !== 'system') collectTypeTokens(child, keys);
  }
}
