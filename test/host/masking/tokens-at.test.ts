// The editor's cursor and selections, as columns of the table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokensAt } from '../../../src/host/masking/tokens-at.ts';
import type { TokenColumn } from '../../../src/protocol/masking.ts';

/** `[CLS] un ##believ ##able !`, as the text "unbelievable !" has it. */
const OFFSETS = [
  [0, 0],
  [0, 2],
  [2, 8],
  [8, 12],
  [13, 14],
  [0, 0],
] as const;
const columns = OFFSETS.map(([start, end]) => ({ start, end }) as TokenColumn);

test('a cursor marks the token behind it, and at the end of a word the one before it', () => {
  assert.deepEqual(tokensAt(columns, 0, 0), { first: 1, last: 1 });
  assert.deepEqual(tokensAt(columns, 5, 5), { first: 2, last: 2 });
  assert.deepEqual(tokensAt(columns, 8, 8), { first: 3, last: 3 });
  assert.deepEqual(tokensAt(columns, 12, 12), { first: 3, last: 3 });
  assert.deepEqual(tokensAt(columns, 14, 14), { first: 4, last: 4 });
});

test('a selection marks all that it touches', () => {
  assert.deepEqual(tokensAt(columns, 1, 9), { first: 1, last: 3 });
  assert.deepEqual(tokensAt(columns, 2, 8), { first: 2, last: 2 });
});

test('where there is no token, nothing is marked', () => {
  assert.equal(tokensAt(columns, 12, 13), null);
  assert.equal(tokensAt([], 0, 0), null);
});
