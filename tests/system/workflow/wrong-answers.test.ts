import { WRONG_ANSWERS } from '../../support/harness/ehr-answers.ts';
import { PATHS as DISCARDING } from './discarding-paths.ts';
import { PATHS as OTHER } from './other-paths.ts';
import { provePaths } from './prove-paths.ts';
import { PATHS as REGENERATING } from './regenerating-paths.ts';

const names = [
  'an expired PIN is regenerated',
  'the draft of a registered patient is discarded',
  'no provider can be settled',
];

await provePaths(
  [...REGENERATING, ...DISCARDING, ...OTHER].filter(({ name }) => names.includes(name)),
  WRONG_ANSWERS,
  // No divisor in common with the 34 answers, so that each call meets others of them.
  19,
);
