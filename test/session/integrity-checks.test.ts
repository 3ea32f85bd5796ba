/** Which integrity checks the host makes, and what comes of them. [MS-DPDX] 3.1.5.6 */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { INTEGRITY_CHECKS_MAX, IntegrityChecks } from '../../src/session/integrity-checks.ts';

const [HOST, A, B, C, GONE] = [1, 2, 3, 4, 9];
const ROLL = { host: HOST, isPlayer: (dpnid: number) => dpnid <= C };

describe('a request', () => {
  it('about another player begins a check of it [2.2.27-02]', () => {
    const checks = new IntegrityChecks();
    expect(checks.requested(0, A, B, ROLL)).toBe(true);
    expect(checks.deadline).toBe(30 * SECOND);
  });

  it('about somebody who is gone, about the host, about oneself, or from a stranger begins none', () => {
    const checks = new IntegrityChecks();
    const requests = [
      [A, GONE],
      [A, HOST],
      [A, A],
      [GONE, A],
      [HOST, A],
    ] as const;
    for (const [requester, target] of requests)
      expect(checks.requested(0, requester, target, ROLL)).toBe(false);
    expect([checks.size, checks.deadline]).toEqual([0, undefined]);
  });

  it('about a pair that is being checked begins none, whichever of the two asks', () => {
    const checks = new IntegrityChecks();
    checks.requested(0, A, B, ROLL);
    expect(checks.requested(1, A, B, ROLL)).toBe(false);
    expect(checks.requested(1, B, A, ROLL)).toBe(false);
    expect(checks.requested(1, C, B, ROLL)).toBe(true);
  });

  it('beyond the limit begins none', () => {
    const checks = new IntegrityChecks();
    const roll = { host: HOST, isPlayer: () => true };
    for (let target = 0; target < INTEGRITY_CHECKS_MAX; target++)
      checks.requested(0, 5000, 6000 + target, roll);
    expect(checks.requested(0, A, B, roll)).toBe(false);
    expect(checks.size).toBe(INTEGRITY_CHECKS_MAX);
  });
});

describe('a check', () => {
  it('that is answered is settled against who asked, once', () => {
    const checks = new IntegrityChecks();
    checks.requested(0, A, B, ROLL);
    expect(checks.confirmed(B, C)).toBe(false);
    expect(checks.confirmed(A, B)).toBe(false);
    expect(checks.confirmed(B, A)).toBe(true);
    expect(checks.confirmed(B, A)).toBe(false);
    expect(checks.deadline).toBeUndefined();
  });

  it('that is not answered in time is settled against who is silent, for all who asked', () => {
    const checks = new IntegrityChecks(10 * SECOND);
    checks.requested(0, A, B, ROLL);
    checks.requested(SECOND, C, B, ROLL);
    checks.requested(SECOND, C, A, ROLL);
    expect(checks.expire(10 * SECOND - 1)).toEqual([]);
    expect(checks.expire(10 * SECOND)).toEqual([B]);
    expect(checks.size).toBe(1);
    expect(checks.expire(11 * SECOND)).toEqual([A]);
    expect(checks.size).toBe(0);
  });

  it('is over when one of the two is no longer a player, and all are when we no longer host', () => {
    const checks = new IntegrityChecks();
    checks.requested(0, A, B, ROLL);
    checks.requested(0, B, C, ROLL);
    checks.left(A);
    expect(checks.size).toBe(1);
    checks.left(C);
    expect(checks.size).toBe(0);
    checks.requested(0, A, B, ROLL);
    checks.clear();
    expect(checks.expire(60 * SECOND)).toEqual([]);
  });
});
