/** SES's documented events (tests/support/fixtures/ses/README.md), as they are or about a mail of the test's own. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/ses/', import.meta.url);

export interface SesFixture {
  'detail-type': string;
  time: string;
  detail: { eventType: string; mail: { messageId: string; timestamp: string; destination: string[] } };
}

export const SES_FIXTURES: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

export function sesFixture(name: string): SesFixture {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}

/** The event as SES would tell it of that mail. */
export function sesFixtureOf(name: string, mail: { sesId: string; address: string; sentAt: string }): SesFixture {
  const fixture = sesFixture(name);
  const { messageId, destination, timestamp } = fixture.detail.mail;
  const text = JSON.stringify(fixture)
    .replaceAll(messageId, mail.sesId)
    .replaceAll(destination[0] ?? '', mail.address)
    .replaceAll(timestamp, mail.sentAt);
  return JSON.parse(text);
}
