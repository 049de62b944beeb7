import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { AslDefinition } from './asl.ts';

const FOLDER = new URL('./', import.meta.url);
const ENDING = '.asl.yaml';

/** Names of the state machines: their files in this folder without the ending. */
export function stateMachineNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length));
}

/**
 * The Amazon States Language definition in `<name>.asl.yaml`, with its aliases resolved: what AWS and the local platform get
 * as JSON.
 * @throws YAMLParseError naming line and column
 */
export function readStateMachine<Definition = AslDefinition>(name: string): Definition {
  return parse(readFileSync(new URL(`${name}${ENDING}`, FOLDER), 'utf8'));
}
