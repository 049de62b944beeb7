/** A chapter of the story: the patient follows the link of the mail to the deployed page and answers. */
import { expect, it } from 'vitest';
import { find } from '../system/scenarios/canary-search.ts';
import { type Story, served } from './starts-by-itself.ts';

/** The canary person's: 1957-03-29. */
const RIGHT = { month: 'March', day: '29', year: '1957' };

export function picksUp(story: () => Story & { take(patientId: string): Promise<unknown> }): void {
  it('shows the PIN to its patient behind the link in the mail, and nothing to anyone else', async () => {
    const { practice, outputs, deployed, take } = story();
    const patientId = practice.patientWho('REGENERATED', null, 8);
    await take(patientId);
    const pin = await practice.livingPin(patientId);
    const [link = '', token = ''] =
      /https?:\/\/[^\s"]+\/pickup\/([\w-]{43})/.exec((await deployed.mails()).at(-1)?.BodyText ?? '') ?? [];
    expect(link).toBe(`${outputs.PickupUrl}/${token}`);
    const url = served(link);
    const answer = async (fields: Record<string, string>, to = url) => {
      const response = await fetch(to, { method: 'POST', body: new URLSearchParams(fields) });
      return { status: response.status, body: await response.text() };
    };

    const form = await fetch(url);
    expect([form.status, form.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(form.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await form.text();
    expect(text).toContain('name="year"');
    expect(find([pin, token], [{ where: 'form', text }])).toEqual([]);

    const wrong = await answer({ ...RIGHT, day: '28' });
    expect([wrong.status, wrong.body.includes(pin)]).toEqual([403, false]);
    expect(await answer(RIGHT, `${url.slice(0, -5)}wrong`)).toEqual(wrong);
    const right = await answer(RIGHT);
    expect([right.status, right.body.includes(`>${pin}<`)]).toEqual([200, true]);
    expect(await practice.audited(patientId)).toEqual(['pin-viewed']);

    const lines = await deployed.logLines();
    expect(lines.some((line) => line.includes('"PickupPage"'))).toBe(true);
    const items = (await deployed.items()).map((item) => JSON.stringify(item));
    expect(items.some((item) => item.includes('PICKUP#'))).toBe(true);
    expect(find([token, pin], [{ where: 'logs and table', text: [...lines, ...items].join('\n') }])).toEqual([]);
  });
}
