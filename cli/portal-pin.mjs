#!/usr/bin/env node
/** `npx portal-pin`: runs the command line with the Node that came with the packages. */
import { fileURLToPath } from 'node:url';

process.argv.splice(2, 0, fileURLToPath(new URL('./main.ts', import.meta.url)));
await import('../local/with-node.mjs');
