/** One of a few values, as a menu that says which: what is chosen is marked in it. */
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';

interface Props {
  label: string;
  options: readonly { id: string; text: string }[];
  chosen: string;
  choose: (id: string) => void;
}

export function Choice({ label, options, chosen, choose }: Props) {
  return (
    <ButtonDropdown
      ariaLabel={`${label}: ${options.find(({ id }) => id === chosen)?.text ?? chosen}`}
      items={options.map((each) => ({ ...each, itemType: 'checkbox' as const, checked: each.id === chosen }))}
      onItemClick={({ detail }) => choose(detail.id)}
    >
      {label}: {options.find(({ id }) => id === chosen)?.text ?? chosen}
    </ButtonDropdown>
  );
}
