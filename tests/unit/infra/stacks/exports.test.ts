/** What the stateless stack imports from the stateful one, over two deployments: an export in use cannot be taken away. */
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it, vi } from 'vitest';
import type * as FoundModule from '../../../../infra/found.ts';
import type * as FunctionsModule from '../../../../infra/tables/functions.ts';

/** The app with one function under a new name, wherever its name stands. */
async function appWith(renamed: string | null) {
  vi.resetModules();
  const nameOf = (name: string) => (name === renamed ? `${name}Anew` : name);
  vi.doMock('../../../../infra/tables/functions.ts', async (original) => {
    const { FUNCTIONS, ...rest } = await original<typeof FunctionsModule>();
    return { ...rest, FUNCTIONS: FUNCTIONS.map((entry) => ({ ...entry, name: nameOf(entry.name) })) };
  });
  vi.doMock('../../../../infra/found.ts', async (original) => {
    const { found } = await original<typeof FoundModule>();
    return { found: <T>(map: ReadonlyMap<string, T>, name: string) => found(map, nameOf(name)) };
  });
  const { built } = await import('../../../support/infra/synthesized.ts');
  const { stateful, stateless } = built();
  const stack = { stateful: Template.fromStack(stateful).toJSON(), stateless: Template.fromStack(stateless).toJSON() };
  const outputs: { Export?: { Name: string } }[] = Object.values(stack.stateful.Outputs);
  return {
    functions: Object.keys(stack.stateless.Resources).filter((id) => id.startsWith('PickupPage')),
    exports: outputs.flatMap(({ Export }) => Export?.Name ?? []),
    imports: [...JSON.stringify(stack.stateless).matchAll(/\{"Fn::ImportValue":"([^"]+)"\}/g)].map(([, name]) => name),
  };
}

it('a function gets another name by one deployment: no export that is in use disappears', {
  timeout: 60_000,
}, async () => {
  const yesterday = await appWith(null);
  const today = await appWith('PickupPage');
  expect(today.functions).not.toEqual(yesterday.functions);
  expect(yesterday.exports).toEqual(expect.arrayContaining(yesterday.imports));
  expect(yesterday.imports.length).toBeGreaterThan(5);
  expect(today.exports).toEqual(expect.arrayContaining(yesterday.imports));
});
