import { FAILURES } from '../../support/harness/failures.ts';
import { provePaths } from './prove-paths.ts';
import { PATHS } from './regenerating-paths.ts';

await provePaths(PATHS, FAILURES, FAILURES.length);
