/** A JSON value as text: whatever stands in it is shown, and never understood. */
import Box from '@cloudscape-design/components/box';

export function Json({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <Box color="text-body-secondary">none</Box>;
  return <pre className="json">{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>;
}
