/**
 * Makes a value at its first use and keeps it for the process. Mark calls as pure, so that a bundler drops the clients a
 * handler does not use.
 */
export function once<Value, Given extends unknown[]>(make: (...given: Given) => Value): (...given: Given) => Value {
  let made: { value: Value } | null = null;
  return (...given) => {
    made ??= { value: make(...given) };
    return made.value;
  };
}
