import { describe, expect, it } from 'vitest';
import { DELIVERIES, Mail } from '../../src/sim/mail.ts';

/** A direction with one message of each of the given categories, sent and not yet arrived. */
function sent(categories: readonly number[]) {
  const mail = new Mail('a to b', 'seed');
  mail.beginEpoch();
  const messages = categories.map((category) => ({ category, ...mail.make(category, 40) }));
  const deliver = (n: number, receiver = 1) =>
    mail.deliver(messages[n]!.payload, DELIVERIES[messages[n]!.category]!, receiver);
  return { mail, messages, deliver };
}

describe('mail', () => {
  it('has nothing to say of messages that arrive once, in order and unaltered', () => {
    const { mail, deliver } = sent([0, 0, 2, 3, 1]);
    for (let n = 0; n < 5; n++) deliver(n);
    expect(mail.complaints).toEqual([]);
    expect(mail.missing).toBe(0);
  });

  it('complains of one that arrives twice', () => {
    for (const category of [0, 1, 2, 3]) {
      const { mail, deliver } = sent([category]);
      deliver(0);
      deliver(0);
      expect(mail.complaints).toEqual(['a to b: message 0 of connection 0 arrived twice']);
    }
  });

  it('complains of every altered byte behind the header', () => {
    for (let at = 10; at < 40; at++) {
      const { mail, messages, deliver } = sent([0]);
      messages[0]!.payload[at]! ^= 1;
      deliver(0);
      expect(mail.complaints).toEqual(['a to b: message 0 of connection 0 is altered']);
    }
  });

  it('complains of one that is cut short, or that was never sent', () => {
    const { mail, messages } = sent([0]);
    mail.deliver(messages[0]!.payload.subarray(0, 20), DELIVERIES[0]!, 1);
    expect(mail.complaints).toEqual(['a to b: message 0 of connection 0 is altered']);
    mail.deliver(new Uint8Array(5), DELIVERIES[0]!, 1);
    mail.deliver(messages[0]!.payload, DELIVERIES[3]!, 1);
    expect(mail.complaints).toHaveLength(3);
  });

  it('complains of sequential ones out of order, reliable and unreliable ones taken together, and of no others', () => {
    const wrong = sent([0, 2]);
    wrong.deliver(1);
    wrong.deliver(0);
    expect(wrong.mail.complaints).toEqual(['a to b: message 0 of connection 0 arrived behind 1']);
    const right = sent([1, 3]);
    right.deliver(1);
    right.deliver(0);
    expect(right.mail.complaints).toEqual([]);
  });

  it('complains of a reliable sequential one that arrives before another, and knows which reliable ones are missing', () => {
    const { mail, deliver } = sent([0, 2, 3, 0, 1]);
    deliver(3);
    expect(mail.complaints).toEqual(['a to b: message 3 of connection 0 arrived before 0']);
    expect(mail.missing).toBe(2);
  });

  it('complains of messages of one connection that arrive in two', () => {
    const { mail, deliver } = sent([0, 0]);
    deliver(0, 1);
    deliver(1, 2);
    expect(mail.complaints).toEqual([
      'a to b: message 1 of connection 0 crossed over into another connection',
    ]);
  });

  it('wants one receipt for each message, and no other', () => {
    const { mail } = sent([0, 3]);
    expect(mail.untold).toBe(2);
    mail.receipt(0, 'acknowledged');
    mail.receipt(1, 'lost');
    expect(mail.untold).toBe(0);
    expect(mail.lost).toBe(0);
    mail.receipt(1, 'lost');
    mail.receipt(7, 'lost');
    expect(mail.complaints).toEqual(['a to b: receipt 1 came twice', 'a to b: receipt 7 of nothing']);
  });

  it('promises nothing once it is excused', () => {
    const { mail, deliver } = sent([0]);
    mail.isExcused = true;
    deliver(0);
    deliver(0);
    expect(mail.complaints).toEqual([]);
  });
});
