// A model as a graph that onnxruntime and transformers.js run: ids in, logits of every position out.
import { GraphBuilder } from '../../onnx/builder.ts';
import type { Graph } from '../../onnx/graph.ts';
import type { Blueprint } from '../architecture.ts';
import { ByteWeights } from './byte-weights.ts';
import { FloatWeights } from './float-weights.ts';
import { PaddedNetwork } from './padded-network.ts';
import { Weights } from './stored-weights.ts';

/** transformers.js' words: float32, and 8-bit weights. */
export const EXPORT_TYPES = ['fp32', 'q8'] as const;
export type ExportType = (typeof EXPORT_TYPES)[number];

/** Of ONNX's operators: the first with LayerNormalization, which every runtime of today reads. */
const OPSET = 17;

/**
 * Inputs input_ids, attention_mask and, where the model has them, token_type_ids: int64 [batch_size, sequence_length].
 * Output logits: float32 [batch_size, sequence_length, vocabulary].
 */
export function exportGraph(model: Blueprint, values: ReadonlyMap<string, Float32Array>, type: ExportType): Graph {
  const build = new GraphBuilder(undefined, OPSET);
  const weights = new Weights(model.parameters, values, model.decoder.weight);
  const stored = type === 'q8' ? new ByteWeights(build, weights) : new FloatWeights(build, weights);
  const states = model.forward(new PaddedNetwork(build, model, stored));
  const products = stored.product(states, model.decoder.weight);
  const shape = ['batch_size', 'sequence_length', model.vocabSize];
  build.output(build.op('Add', [products, stored.plain(model.decoder.bias)], {}, { name: 'logits', shape }));
  return build.build();
}
