/** `npm run bench`: prints what the project claims, measured in this run. Ratios are of the same run; machines are noisy. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bundles } from './bundles.ts';
import { consolePages } from './console.ts';
import { cost } from './cost.ts';
import { executions } from './executions.ts';
import { regeneration } from './regeneration.ts';
import { sweep } from './sweep.ts';

await regeneration();
await bundles();
const measured = await cost();
await consolePages();
const [code] = await once(fork(fileURLToPath(new URL('pickup-timing.ts', import.meta.url))), 'exit');
if (code !== 0) throw new Error(`pickup-timing.ts ended with ${code}`);
await sweep(measured);
await executions();
