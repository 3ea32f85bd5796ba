import { expect, test } from 'vitest';
import { InvariantError, invariant, PortError, UsageError } from '../../src/base/failure.ts';

test('an invariant that holds passes, one that does not is our own fault', () => {
  invariant(true, 'holds');
  expect(() => invariant(false, 'does not hold')).toThrow(new InvariantError('does not hold'));
});

test('every error carries its name, and a port error its port and fault', () => {
  expect(new UsageError('x').name).toBe('UsageError');
  expect(new InvariantError('x').name).toBe('InvariantError');
  const error = new PortError('busy', '/dev/ttyS0', 'in use');
  expect([error.name, error.fault, error.port, error.message]).toEqual([
    'PortError',
    'busy',
    '/dev/ttyS0',
    'in use',
  ]);
});
