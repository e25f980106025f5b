// The loss of every token of a text, masked in turn: pseudo-perplexity. Source: Salazar et al., "Masked Language Model
// Scoring" (2020).
import { breathe } from '../base/cancellation.ts';
import type { MaskedLM } from '../models/types.ts';
import type { TextLosses, TokenLoss } from '../protocol/model.ts';
import { maskTokenOf } from '../tokenize/special-tokens.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { checkLength } from './check-length.ts';
import { scoreTokens } from './score-tokens.ts';

/** Logits of a batch: [rows, vocabulary] of float32. */
const ROWS = 16;

export async function tokenLosses(
  model: MaskedLM,
  tokenizer: Tokenizer,
  text: string,
  signal?: AbortSignal,
): Promise<TextLosses> {
  const mask = maskTokenOf(tokenizer);
  const { ids } = await tokenizer.encode(text);
  checkLength(ids.length, model);
  const positions = ids.flatMap((id, position) => (tokenizer.allSpecialIds.has(id) ? [] : [position]));
  const tokens: TokenLoss[] = [];
  for (let from = 0; from < positions.length; from += ROWS) {
    const some = positions.slice(from, from + ROWS);
    const logits = await model.predict({
      inputIds: Int32Array.from(some.flatMap((masked) => ids.map((id, at) => (at === masked ? mask.id : id)))),
      lengths: new Int32Array(some.length).fill(ids.length),
      maskedPositions: Int32Array.from(some, (position, row) => row * ids.length + position),
      labels: Int32Array.from(some, (position) => ids[position] as number),
    });
    for (const [row, position] of some.entries()) {
      const id = ids[position] as number;
      const scores = logits.subarray(row * model.vocabSize, (row + 1) * model.vocabSize);
      const { loss, rank, top } = scoreTokens(scores, id, 1);
      const name = (of: number | undefined) => (of === undefined ? '' : (tokenizer.idToToken(of) ?? ''));
      tokens.push({ position, token: name(id), id, loss, rank, prediction: name(top[0]?.id) });
    }
    await breathe(signal);
  }
  const loss = tokens.length > 0 ? tokens.reduce((sum, token) => sum + token.loss, 0) / tokens.length : null;
  return { tokens, loss, pseudo_perplexity: loss === null ? null : Math.exp(loss) };
}
