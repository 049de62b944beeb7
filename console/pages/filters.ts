/** Filters of a list live in the address: a link shows the same, and the back button takes the last one off. */
import { useSearchParams } from 'react-router';

/** Reads `name`, and sets it; whatever page was shown, the first one follows. */
export function useFilters(): [
  read: (name: string) => string | undefined,
  set: (values: Record<string, string | undefined>) => void,
] {
  const [parameters, setParameters] = useSearchParams();
  const read = (name: string) => parameters.get(name) ?? undefined;
  const set = (values: Record<string, string | undefined>) =>
    setParameters((before) => {
      const changed = new URLSearchParams(before);
      for (const name of ['page', 'cursor']) changed.delete(name);
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined || value === '') changed.delete(name);
        else changed.set(name, value);
      }
      return changed;
    });
  return [read, set];
}
