// Where words start, as transformers' whole-word masking finds them.

/** One text's tokens; every list has one entry a token. */
interface Tokens {
  readonly ids: readonly number[];
  readonly offsets: readonly (readonly number[])[];
  readonly wordIds: readonly (number | null | undefined)[];
  readonly specialTokensMask: readonly number[];
}

/**
 * 1 at tokens that are not special and start where the token before did not end, or follow a special one. Where offsets
 * include the leading space (ModernBERT) no token would start a word after the first, as in Python; the word ids are
 * right there.
 */
export function wordStarts(text: string, tokens: Tokens, specialIds: ReadonlySet<number>): Uint8Array {
  const { offsets, wordIds, specialTokensMask: special } = tokens;
  const byWordIds = offsetsHoldSpaces(text, tokens, specialIds);
  return Uint8Array.from(offsets, ([start], i) => {
    if (special[i]) return 0;
    if (i === 0 || special[i - 1]) return 1;
    return Number(byWordIds ? wordIds[i] !== wordIds[i - 1] : start !== offsets[i - 1]?.[1]);
  });
}

/**
 * Whether a token's offsets cover the space before its word. Not of special tokens typed in the text: mask tokens take
 * the space before them with every tokenizer.
 */
export function offsetsHoldSpaces(
  text: string,
  { ids, offsets }: Pick<Tokens, 'ids' | 'offsets'>,
  specialIds: ReadonlySet<number>,
): boolean {
  return offsets.some(
    ([start = 0, end = 0], i) =>
      end > start + 1 && /^\s/u.test(text.slice(start, end)) && !specialIds.has(ids[i] as number),
  );
}
