// Which tokens each head of each layer reads from.
import type { MaskedLM } from '../models/types.ts';
import type { Attentions } from '../protocol/model.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { checkLength } from './check-length.ts';

/** Of one row, special tokens included. Throws ClozeError where it is longer than the model's positions. */
export async function attentionOf(
  model: MaskedLM,
  tokenizer: Tokenizer,
  inputIds: readonly number[],
): Promise<Attentions> {
  checkLength(inputIds.length, model);
  const { heads, layers } = await model.attention(Int32Array.from(inputIds));
  return { tokens: inputIds.map((id) => tokenizer.idToToken(id) ?? `[${id}]`), heads, layers };
}
