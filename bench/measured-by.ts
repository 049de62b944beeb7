/** A measurement in a process of its own: its memory, its settings and what it prints are its alone. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the program `file` of this folder sends as its message. */
export async function measuredBy<T>(file: string, ...args: readonly (string | number)[]): Promise<T> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, args.map(String), { execArgv: ['--expose-gc'] });
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  child.on('message', (measured) => resolve(measured as T));
  child.on('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  return promise;
}
