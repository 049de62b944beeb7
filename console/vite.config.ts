/** Builds the console: `npm run build:console`, and behind `npm start` in the background (local/console/console.ts). */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const folder = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: folder,
  // The same path on every platform, so that a link to a case is the same wherever the console runs.
  base: '/console/',
  plugins: [react()],
  cacheDir: fileURLToPath(new URL('../.build/vite', import.meta.url)),
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The page forbids inline scripts and data: URLs of scripts; small pictures may stay inline.
    modulePreload: { polyfill: false },
    // Read by the test and the bench of what a page loads first.
    manifest: 'manifest.json',
    reportCompressedSize: false,
    // Cloudscape's shell is one chunk of 900 KB, 250 KB as it travels; every page needs it.
    chunkSizeWarningLimit: 1_000,
  },
});
