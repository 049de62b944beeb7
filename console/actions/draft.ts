/** Unsent form input, kept for this tab, also across a new sign-in. */
import { useState } from 'react';

const PREFIX = 'portal-pin.draft.';

/** The next sign-in in this tab may be another person. */
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
