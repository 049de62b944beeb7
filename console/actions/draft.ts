/** What somebody typed and has not sent: kept for this tab, also when they are sent to log in again. */
import { useState } from 'react';

/** @param key what the text is about; text that was sent is to be forgotten */
export function useDraft(key: string): [text: string, write: (text: string) => void] {
  const kept = `portal-pin.draft.${key}`;
  const [text, setText] = useState(() => sessionStorage.getItem(kept) ?? '');
  const write = (next: string) => {
    setText(next);
    if (next === '') sessionStorage.removeItem(kept);
    else sessionStorage.setItem(kept, next);
  };
  return [text, write];
}
