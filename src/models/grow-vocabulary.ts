// Room in the embeddings for tokens that were added to the tokenizer.
import type { Blueprint } from './architecture.ts';

/**
 * The weights with the vocabulary of `grown`: new rows of the word embedding, and new biases of the output layer, are
 * the mean of the old ones. transformers' resize_token_embeddings adds noise of 3e-5 standard deviations to it.
 */
export function growVocabulary(
  weights: ReadonlyMap<string, Float32Array>,
  { parameters, decoder }: Blueprint,
): Map<string, Float32Array> {
  const grown = new Map(weights);
  for (const { name, shape } of parameters) {
    const old = weights.get(name);
    if (!old || (name !== decoder.weight && name !== decoder.bias)) continue;
    const width = shape[1] ?? 1;
    const data = new Float32Array((shape[0] ?? 0) * width);
    data.set(old);
    const mean = meanRow(old, width);
    for (let at = old.length; at < data.length; at += width) data.set(mean, at);
    grown.set(name, data);
  }
  return grown;
}

function meanRow(table: Float32Array, width: number): Float64Array {
  const rows = table.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < table.length; i++) mean[i % width] = (mean[i % width] as number) + (table[i] as number) / rows;
  return mean;
}
