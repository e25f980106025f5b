// The words in which an architecture writes its forward pass, whatever the graph is for.
import type { GraphBuilder } from '../onnx/builder.ts';
import type { AttentionInputs, AttentionOptions, Lookup } from './network.ts';

/**
 * Values are [tokens, width] flat ({@link Network}, to train and to predict) or [batch, length, width] padded
 * ({@link PaddedNetwork}, to export). "masked": only the positions that are to be predicted, where that saves work.
 */
export interface Words {
  readonly build: GraphBuilder;
  /** Rows of an embedding. -> [tokens, width] */
  lookup(parameter: string, ids: Exclude<Lookup['ids'], 'labels'>, paddingIndex?: number): string;
  /** x Wᵀ + b with W [out, in]; without b where the model has none. */
  linear(x: string, prefix: string): string;
  layerNorm(x: string, prefix: string, epsilon: number): string;
  /** The columns in equal parts. [tokens, parts · width] -> parts of [tokens, width] */
  split(x: string, parts: number): readonly string[];
  add(...terms: readonly string[]): string;
  /** [tokens, width] -> [masked, width] */
  atMasked(x: string): string;
  /** Zeroes elements with probability p and scales the rest, in training. [tokens or masked, width] */
  dropout(x: string, p: number, kind: 'tokens' | 'masked', width: number): string;
  /** softmax(q kᵀ / √d) v, head by head, every query over the keys of its own row. -> as q */
  attention(inputs: AttentionInputs, options: AttentionOptions): string;
  /** Rotary positions of base theta. [tokens or masked, hidden] -> the same */
  rotate(x: string, at: 'tokens' | 'masked', theta: number): string;
}
