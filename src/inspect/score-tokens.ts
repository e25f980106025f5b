// What a model's logits at one position say: its best guesses, and how the true token fares.

export interface TokenScores {
  /** Best first; `score` is the softmax probability. */
  readonly top: readonly { readonly id: number; readonly score: number }[];
  /** 1 is the model's first guess; equal logits rank in the order of their ids. */
  readonly rank: number;
  /** Cross entropy of the true token, in nats. */
  readonly loss: number;
}

/** logits [vocab], trueId within it. Sums run in float64, after subtracting the greatest logit. */
export function scoreTokens(logits: Float32Array, trueId: number, topK: number): TokenScores {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > greatest) greatest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - greatest);
  const trueLogit = logits[trueId] ?? Number.NaN;
  let rank = 1;
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (logit > trueLogit || (logit === trueLogit && id < trueId)) rank++;
    const worst = best[topK - 1];
    if (worst === undefined || logit > (logits[worst] as number)) insert(best, id, logits, topK);
  }
  const score = (id: number) => Math.exp((logits[id] as number) - greatest) / sum;
  return { top: best.map((id) => ({ id, score: score(id) })), rank, loss: Math.log(sum) + greatest - trueLogit };
}

/** Puts `id` into `best`, which is sorted by falling logit and holds `limit` ids at most. */
function insert(best: number[], id: number, logits: Float32Array, limit: number): void {
  let at = best.length;
  while (at > 0 && (logits[best[at - 1] as number] as number) < (logits[id] as number)) at--;
  best.splice(at, 0, id);
  best.length = Math.min(best.length, limit);
}
