import { FAILURES } from '../../support/harness/failures.ts';
import { PATHS } from './other-paths.ts';
import { provePaths } from './prove-paths.ts';

await provePaths(PATHS, FAILURES, FAILURES.length);
