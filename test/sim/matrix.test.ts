import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MATRIX_PAGE, matrixPage } from './matrix.ts';

it('the matrix of utilisation is what the transport reaches now (npx tsx test/sim/matrix.ts --write renews it)', {
  timeout: 240_000,
}, () => {
  expect(matrixPage().split('\n')).toEqual(readFileSync(MATRIX_PAGE, 'utf8').split('\n'));
});
