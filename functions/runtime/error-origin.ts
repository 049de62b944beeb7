/** Where an unexpected error was thrown, for the log: a position in our bundle, and nothing that the error says. */

/** V8's stack frames: `at name (/var/task/index.js:1:20345)`, the name being optional. */
const FRAME = /^ {4}at .*?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[cm]?[jt]s):(\d+:\d+)\)?$/;

/** `index.js:1:20345` of the innermost frame outside Node; null where the stack names none. */
export function originOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.stack === undefined) return null;
  // The message comes first and may hold anything, lines like frames too: only what follows it is read.
  const message = error.stack.lastIndexOf(error.message);
  if (message < 0) return null;
  const frames = error.stack.slice(message + error.message.length).split('\n');
  for (const frame of frames) {
    const [, file, place] = frame.includes('node:') ? [] : (FRAME.exec(frame) ?? []);
    if (file !== undefined) return `${file}:${place}`;
  }
  return null;
}
