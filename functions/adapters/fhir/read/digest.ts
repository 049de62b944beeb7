/** What is compared before and after a signing (P12), as digests that name no provider. */
import { digestOf } from '../../../domain/identity.ts';
import type { Ref } from './elements.ts';
import type { CareTeamRead } from './providers.ts';

export function referencesDigest(references: readonly Ref[]): string {
  return digestOf(references.map(({ text }) => text));
}

export function careTeamDigest(teams: readonly CareTeamRead[]): string {
  return digestOf(
    teams.flatMap(({ id, participants }) =>
      participants.map(({ member, onBehalfOf }) => `${id} ${member?.text ?? 'null'} ${onBehalfOf?.text ?? 'null'}`),
    ),
  );
}
