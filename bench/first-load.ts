/** What a browser loads before it can show a page of the console: JavaScript as it travels, compressed. */
import { gzipSync } from 'node:zlib';

export interface FirstLoad {
  /** Source file of the page, such as `pages/today.tsx`. */
  page: string;
  /** Bytes of JavaScript, gzipped by its default level as CloudFront does. */
  bytes: number;
  files: number;
}

/** Vite's manifest: https://vite.dev/guide/backend-integration */
interface Chunk {
  file: string;
  src?: string;
  isEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
}

/**
 * Each page with all that it imports, and the entry with all that the entry imports.
 * @param files of a build, by path
 */
export function firstLoads(files: ReadonlyMap<string, Buffer>): FirstLoad[] {
  const manifest: Record<string, Chunk> = JSON.parse(String(files.get('manifest.json') ?? '{}'));
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry);
  if (entry === undefined) throw new Error('The build has no manifest with an entry.');
  const pages = (manifest[entry]?.dynamicImports ?? []).filter((key) => /^(pages|local)\//.test(key));
  return pages.map((page) => {
    const chunks = new Set<string>();
    for (const key of [entry, page]) collect(manifest, key, chunks);
    const bytes = [...chunks].map((key) => gzipSync(files.get(manifest[key]?.file ?? '') ?? '').length);
    return { page, bytes: bytes.reduce((sum, each) => sum + each, 0), files: chunks.size };
  });
}

function collect(manifest: Record<string, Chunk>, key: string, chunks: Set<string>): void {
  if (chunks.has(key)) return;
  chunks.add(key);
  for (const each of manifest[key]?.imports ?? []) collect(manifest, each, chunks);
}
