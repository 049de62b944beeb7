/** What each setting of the practice policy does, for readers without the source. */
import type { Policy } from '../runtime/policy.ts';
import type { AnswerOf } from './contract.ts';

/** `sweep.hour` for what lies deeper; a list is one setting. */
type SettingKey<T, Prefix extends string = ''> = {
  [Key in keyof T & string]-?: NonNullable<T[Key]> extends readonly unknown[]
    ? `${Prefix}${Key}`
    : NonNullable<T[Key]> extends object
      ? SettingKey<NonNullable<T[Key]>, `${Prefix}${Key}.`>
      : `${Prefix}${Key}`;
}[keyof T & string];

/** Every setting, or it does not compile. */
export const EXPLANATIONS: Record<SettingKey<Policy>, string> = {
  'practice.name': 'The practice’s name, as mails say it.',
  'practice.phone': 'The number that mails tell patients to call.',
  'practice.portalUrl': 'The portal that mails lead to.',
  'practice.sender': 'The address that mails come from; verified in SES.',
  timeZone: 'The time zone of every day and hour that is shown, and of the sweep.',
  locations:
    'Locations of care of the group, and whether each is primary care, where the patient’s general practitioner is responsible, or a specialist’s, where the care team’s member is.',
  defaultKind: 'What a location that is not listed counts as, and a patient without one.',
  providerFallback:
    'Where the rule names no single provider: `none` asks a person, `latest-encounter` takes the provider of the last finished visit there.',
  'sweep.hour': 'Hour of the day at which the daily sweep begins.',
  'sweep.startsPerMinute': 'How many cases a sweep starts in a minute: what the EHR can take.',
  'sweep.dailyLimit': 'How many cases machines start in a day at most; people may always.',
  recheckDays: 'Days until a case that waits for a person is looked at again by itself.',
  cycleLimit: 'PINs in a row that a patient did not register with, before a person is asked.',
  attemptLimit: 'Failed ends in a row, before a person is asked.',
  webhooksPerMinute: 'Webhooks of the EHR that are taken in a minute; it repeats what comes beyond.',
  'pickup.askLastName':
    'Whether the page that shows a PIN asks for the last name, too, and not for the date of birth alone.',
  'pickup.triesPerHour':
    'How often one internet address may answer there in an hour; a clinic or a phone network has one for many people.',
  reminderDays: 'Days after a PIN was issued on which an unregistered patient is reminded.',
  softBounceRetries:
    'How often a mail that came back for now is sent again, a day later each time, before its address counts as dead.',
  languages: 'Languages of the mail; the first one where the patient reads none of them.',
};

/** The policy's settings in the order of the list above. */
export function settingsOf(policy: Policy): AnswerOf<'readPractice'>['settings'] {
  return Object.entries(EXPLANATIONS).map(([key, explanation]) => ({ key, value: valueAt(policy, key), explanation }));
}

function valueAt(policy: object, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name] ?? null, policy);
}
