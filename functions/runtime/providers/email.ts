/** The port over SES. */
import { createSesMailer } from '../../adapters/aws/ses-mailer.ts';
import type { Mailer } from '../../ports/email/mailer.ts';
import type { Call } from '../call.ts';
import { ses } from './clients.ts';

export function mailer({ config, signal }: Call<'sesConfigurationSet'>): Mailer {
  return createSesMailer({ client: ses(), configurationSet: config.sesConfigurationSet || null, signal });
}
