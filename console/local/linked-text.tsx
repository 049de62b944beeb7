import Link from '@cloudscape-design/components/link';

/** Text whose web addresses can be followed; everything else in it is text. */
export function LinkedText({ text }: { text: string }) {
  // Split by a group in the pattern: every second part is an address.
  const parts = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,)])/);
  return (
    <p className="plain-text">
      {parts.map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <Link key={`${index} ${part}`} href={part} external>
            {part}
          </Link>
        ),
      )}
    </p>
  );
}
