export interface Mail {
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
}

export interface Mailer {
  /**
   * Hands one mail to SES and answers with its id; sends at most once.
   * EmailThrottledError: certainly not sent, retried. EmailRejectedError: certainly not sent, not retried.
   * ConfigurationError: certainly not sent, as no mail would be; not retried.
   * NotificationFateUnknownError: may have been sent, never retried.
   */
  send(mail: Mail): Promise<string>;
}
