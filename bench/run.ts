/** `npm run bench`: prints what the project claims, measured in this run. Ratios are of the same run; machines are noisy. */
import { bundles } from './bundles.ts';
import { consolePages } from './console.ts';
import { cost } from './cost.ts';
import { regeneration } from './regeneration.ts';

await regeneration();
await bundles();
await cost();
await consolePages();
