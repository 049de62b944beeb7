import type { Instant } from '../../domain/time/instant.ts';

/** User, time and reason of a pause. */
export interface StartsPaused {
  actor: string;
  reason: string;
  at: Instant;
}

/** The practice's pause switch: stops every start by machines and people. AwsUnavailableError is retried. */
export interface PauseSwitch {
  /** null: not paused. Strongly consistent, so that a pause holds at once. */
  read(): Promise<StartsPaused | null>;
  /** null ends the pause. */
  set(paused: StartsPaused | null): Promise<void>;
}

/** What a person decided about the practice as a whole. */
export interface PracticeDecision {
  id: string;
  action: 'pause' | 'resume' | 'sweep' | 'dry-run';
  actor: string;
  reason: string;
  at: Instant;
  /** Of the sweep that was started. */
  execution: string | null;
}

/** Log of pauses, resumes and manual sweeps. AwsUnavailableError is retried. */
export interface PracticeDecisions {
  /** Once by its `at` and id. */
  put(decision: PracticeDecision): Promise<void>;
  /** Newest first. WrongCursorError where `after` is none of this list. */
  list(after: string | null, limit: number): Promise<{ decisions: PracticeDecision[]; next: string | null }>;
}
