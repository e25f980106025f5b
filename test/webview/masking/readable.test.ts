// Tokens keep their spelling, or are made readable; the expected texts are those of the tokenizers' own decoders.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsText, tokenParts } from '../../../webview/masking/readable.ts';

const readable = (token: string) => partsText(tokenParts(token, true));
const faithful = (token: string) => partsText(tokenParts(token, false));

test('the faithful form is the token, mark by mark', () => {
  for (const token of ['##ing', 'Ġhello', '▁Hallo', 'Ã©', '[MASK]', '#', '##', 'Ċ'])
    assert.equal(faithful(token), token);
});

test('a continuation’s ## is a mark, a lone ## is text', () => {
  assert.deepEqual(tokenParts('##ing', true), [{ text: '##', mark: true }, { text: 'ing' }]);
  assert.deepEqual(tokenParts('##', true), [{ text: '##' }]);
});

test('byte-level tokens become the characters that their bytes spell', () => {
  assert.equal(readable('Ġhello'), '␠hello');
  assert.equal(readable('Ċ'), '␤');
  assert.equal(readable('Ã©'), 'é');
  assert.equal(readable('ĠðŁĺĢ'), '␠😀');
});

test('half a character stays as it is spelled, and so do other alphabets', () => {
  assert.equal(readable('ðŁ'), 'ðŁ');
  assert.equal(readable('é'), 'é');
  assert.equal(readable('日本'), '日本');
});

test('SentencePiece’s word mark is a space', () => {
  assert.equal(readable('▁Hallo'), '␠Hallo');
});
