/** How a request to send a mail fails. Once, unless `times` says otherwise. */
export type MailFault = (
  | {
      /** SES answers the error `code`, such as `Throttling` or `MessageRejected`; status 400 unless told. */
      readonly kind: 'status';
      readonly code: string;
      readonly status?: number;
      readonly message?: string;
    }
  | {
      /** `drop` ends the connection without an answer; `hang` leaves it open and never answers. */
      readonly kind: 'drop' | 'hang';
    }
) & {
  readonly times?: number;
  /** `before` (the default): nothing is sent. `after`: the mail is accepted, its answer is what gets lost. */
  readonly when?: 'before' | 'after';
};

/** The faults that wait for requests, first come, first served. */
export interface MailFaults {
  add(fault: MailFault): void;
  /** The fault of the next request, or null when it shall go well. */
  next(): MailFault | null;
  clear(): void;
}

/** An empty list of faults. */
export function createMailFaults(): MailFaults {
  let waiting: { fault: MailFault; left: number }[] = [];
  return {
    add: (fault) => void waiting.push({ fault, left: fault.times ?? 1 }),
    next: () => {
      const [first] = waiting;
      if (first === undefined) return null;
      first.left -= 1;
      if (first.left <= 0) waiting = waiting.slice(1);
      return first.fault;
    },
    clear: () => {
      waiting = [];
    },
  };
}
