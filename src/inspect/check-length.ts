// A text that a model can read at once.
import { ClozeError } from '../base/errors.ts';

/** Throws ClozeError where a row of so many tokens is longer than the model's positions. */
export function checkLength(tokens: number, { maxLength }: { readonly maxLength: number }): void {
  if (tokens <= maxLength) return;
  throw new ClozeError(
    'bad-input',
    `The text has ${tokens} tokens; the model reads ${maxLength} at most.`,
    'Shorten it.',
  );
}
