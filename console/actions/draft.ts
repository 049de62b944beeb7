/** What somebody typed and has not sent: kept for this tab, also when they are sent to log in again. */
import { useState } from 'react';

const PREFIX = 'portal-pin.draft.';

/** Whoever signs in next in this tab is somebody else. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

/** @param key what the text is about; text that was sent is to be forgotten */
export function useDraft(key: string): [text: string, write: (text: string) => void] {
  const kept = `${PREFIX}${key}`;
  const [text, setText] = useState(() => sessionStorage.getItem(kept) ?? '');
  const write = (next: string) => {
    setText(next);
    if (next === '') sessionStorage.removeItem(kept);
    else sessionStorage.setItem(kept, next);
  };
  return [text, write];
}
