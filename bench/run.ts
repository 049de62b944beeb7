/** `npm run bench`: prints what the project claims, measured in this run. Ratios are of the same run; machines are noisy. */
import { bundles } from './bundles.ts';
import { cost } from './cost.ts';
import { executions } from './executions.ts';
import { regeneration } from './regeneration.ts';
import { sweep } from './sweep.ts';

await regeneration();
await bundles();
await sweep(await cost());
await executions();
