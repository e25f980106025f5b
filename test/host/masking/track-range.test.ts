// A panel's range has to stay on its text through edits: each case compares the text before and after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, trackRange } from '../../../src/host/masking/track-range.ts';

const BEFORE = 'first line\nsecond line\nthird line\n';
const RANGE = { start: 11, end: 22 };

/** Edits `BEFORE` as VS Code reports edits (offsets in the text before) and reads the tracked range in the new text. */
function after(...changes: Change[]): string {
  const ordered = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset);
  const text = ordered.reduce(
    (now, { rangeOffset, rangeLength, text }) =>
      now.slice(0, rangeOffset) + text + now.slice(rangeOffset + rangeLength),
    BEFORE,
  );
  const { start, end } = trackRange(RANGE, changes);
  return text.slice(start, end);
}

const change = (rangeOffset: number, rangeLength: number, text: string): Change => ({ rangeOffset, rangeLength, text });

test('the range begins on the second line', () => {
  assert.equal(after(), 'second line');
});

test('edits before it move it, edits behind it do not touch it', () => {
  assert.equal(after(change(0, 0, 'a new ')), 'second line');
  assert.equal(after(change(0, 6, '')), 'second line');
  assert.equal(after(change(23, 5, '3rd')), 'second line');
});

test('typing inside, at its start and at its end belongs to it', () => {
  assert.equal(after(change(17, 0, ' best')), 'second best line');
  assert.equal(after(change(11, 0, 'The ')), 'The second line');
  assert.equal(after(change(22, 0, '!')), 'second line!');
  assert.equal(after(change(11, 7, '')), 'line');
});

test('deleting across an edge leaves what is left of it', () => {
  assert.equal(after(change(8, 10, '')), 'line');
  assert.equal(after(change(18, 8, '')), 'second ');
  assert.equal(after(change(0, BEFORE.length, '')), '');
});

test('several edits at once, in any order', () => {
  assert.equal(after(change(0, 5, '1st'), change(11, 6, '2nd'), change(23, 5, '3rd')), '2nd line');
  assert.equal(after(change(23, 5, '3rd'), change(11, 6, '2nd'), change(0, 5, '1st')), '2nd line');
});
