/** What must be there for a function or a machine of the tables; an Error names it when it is not. */
export function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined)
    throw new Error(`${name}: no bundle, function or log group (infra/tables/functions.ts, machines.ts)`);
  return value;
}
