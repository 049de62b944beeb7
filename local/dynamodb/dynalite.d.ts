/** dynalite 4 ships no types; this is the part that the local platform uses. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory without it. */
    path?: string;
    /** Milliseconds a table stays CREATING; 500 by default. */
    createTableMs?: number;
  }

  /** A server that does not listen yet. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
