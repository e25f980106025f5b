// Where words start, as transformers' whole-word masking finds them.

type Offsets = readonly (readonly number[])[];

/**
 * 1 at tokens that are not special and start where the token before did not end, or follow a special one. Where offsets
 * include the leading space (ModernBERT) no token would start a word after the first, as in Python; the word ids are
 * right there.
 */
export function wordStarts(
  text: string,
  offsets: Offsets,
  wordIds: readonly (number | null | undefined)[],
  special: readonly number[],
): Uint8Array {
  const byWordIds = offsetsHoldSpaces(text, offsets);
  return Uint8Array.from(offsets, ([start], i) => {
    if (special[i]) return 0;
    if (i === 0 || special[i - 1]) return 1;
    return Number(byWordIds ? wordIds[i] !== wordIds[i - 1] : start !== offsets[i - 1]?.[1]);
  });
}

/** Whether a token's offsets cover the space before its word. */
export function offsetsHoldSpaces(text: string, offsets: Offsets): boolean {
  return offsets.some(([start = 0, end = 0]) => end > start + 1 && /^\s/u.test(text.slice(start, end)));
}
