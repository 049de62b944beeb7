import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';

const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,)]/g;

/** Text with clickable web addresses; the rest stays text. */
export function LinkedText({ text }: { text: string }) {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    parts.push(
      text.slice(end, index),
      <Link key={`at ${index}`} href={address} external>
        {address}
      </Link>,
    );
    end = index + address.length;
  }
  return (
    <p className="plain-text">
      {parts}
      {text.slice(end)}
    </p>
  );
}
