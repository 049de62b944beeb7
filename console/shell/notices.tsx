/** Messages above the page: what an action came to. They go when they are dismissed, or when eight newer ones came. */
import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';

export interface Notice {
  type: 'success' | 'info' | 'warning' | 'error';
  header: string;
  content?: ReactNode;
}

interface Notices {
  items: FlashbarProps.MessageDefinition[];
  tell: (notice: Notice) => void;
}

const NoticesContext = createContext<Notices>({ items: [], tell: () => undefined });
const MOST = 8;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);
  const count = useRef(0);
  const tell = useCallback(({ type, header, content }: Notice) => {
    count.current += 1;
    const id = String(count.current);
    const dismiss = () => setItems((before) => before.filter((each) => each.id !== id));
    const item = { id, type, header, content, dismissible: true, dismissLabel: 'Dismiss', onDismiss: dismiss };
    setItems((before) => [item, ...before].slice(0, MOST));
  }, []);
  const value = useMemo(() => ({ items, tell }), [items, tell]);
  return <NoticesContext.Provider value={value}>{children}</NoticesContext.Provider>;
}

export function useNotices(): Notices {
  return useContext(NoticesContext);
}
