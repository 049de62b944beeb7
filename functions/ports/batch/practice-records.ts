import type { Instant } from '../../domain/time/instant.ts';

/** Who stopped all starts, when and why. */
export interface StartsPaused {
  actor: string;
  reason: string;
  at: Instant;
}

/** The practice's switch that stops every start, whoever asks for it. AwsUnavailableError is retried. */
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

/** Who steered the practice, when and why. AwsUnavailableError is retried. */
export interface PracticeDecisions {
  /** Once by its `at` and id. */
  put(decision: PracticeDecision): Promise<void>;
  /** Newest first. WrongCursorError where `after` is none of this list. */
  list(after: string | null, limit: number): Promise<{ decisions: PracticeDecision[]; next: string | null }>;
}
