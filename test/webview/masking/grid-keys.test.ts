// The keys of the ARIA grid pattern, at the edges above all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveInGrid } from '../../../webview/masking/grid-keys.ts';

const SIZE = { rows: 5, columns: 100, page: 8 };
const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const press = (key: string, row: number, column: number, held: Partial<typeof NONE> = {}) =>
  moveInGrid({ key, ...NONE, ...held }, { row, column }, SIZE);

test('arrows move by one and stop at the edges', () => {
  assert.deepEqual(press('ArrowRight', 2, 3), { row: 2, column: 4 });
  assert.deepEqual(press('ArrowLeft', 2, 0), { row: 2, column: 0 });
  assert.deepEqual(press('ArrowUp', 1, 3), { row: 0, column: 3 }, 'row 0 is the heading');
  assert.deepEqual(press('ArrowDown', 5, 3), { row: 5, column: 3 });
  assert.deepEqual(press('ArrowRight', 5, 99), { row: 5, column: 99 });
});

test('Home and End go to the row’s ends, with Control to the grid’s', () => {
  assert.deepEqual(press('Home', 3, 50), { row: 3, column: 0 });
  assert.deepEqual(press('End', 3, 50), { row: 3, column: 99 });
  assert.deepEqual(press('Home', 3, 50, { ctrlKey: true }), { row: 0, column: 0 });
  assert.deepEqual(press('End', 3, 50, { metaKey: true }), { row: 5, column: 99 });
});

test('pages move by what is in sight', () => {
  assert.deepEqual(press('PageDown', 3, 50), { row: 3, column: 58 });
  assert.deepEqual(press('PageDown', 3, 95), { row: 3, column: 99 });
  assert.deepEqual(press('PageUp', 3, 5), { row: 3, column: 0 });
});

test('keys of others are left alone', () => {
  assert.equal(press('Tab', 1, 1), undefined);
  assert.equal(press('ArrowLeft', 1, 1, { altKey: true }), undefined);
  assert.equal(moveInGrid({ key: 'ArrowLeft', ...NONE }, { row: 1, column: 0 }, { ...SIZE, columns: 0 }), undefined);
});
