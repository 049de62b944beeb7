/** The practice: its policy, its pause switch, and the caller. */
import { pauseStarts, resumeStarts } from '../../usecases/staff/steer-practice.ts';
import { settingsOf } from '../practice-settings.ts';
import type { Perform } from './operation.ts';

export const readMe: Perform<'readMe'> = async (_ports, { caller: { name, groups } }) => {
  return { name, groups, canAct: groups.includes('operator') };
};

export const readPractice: Perform<'readPractice'> = async ({ practice }) => ({ settings: settingsOf(practice) });

export const pause: Perform<'pause'> = async (ports, { body: { reason }, id, caller }) => {
  return { paused: await pauseStarts(ports, { id, actor: caller.name, reason }) };
};

export const resume: Perform<'resume'> = async (ports, { body: { reason }, id, caller }) => {
  await resumeStarts(ports, { id, actor: caller.name, reason });
  return { paused: null };
};

export const listDecisions: Perform<'listDecisions'> = async ({ decisions }, { query: { cursor = null, limit } }) => {
  const page = await decisions.list(cursor, limit);
  return { items: page.decisions, next: page.next };
};
