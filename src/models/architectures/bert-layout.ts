// What BERT, RoBERTa and ELECTRA have in common: settings, names of embeddings and layers, and the way through them.
import { readActivation } from '../activation.ts';
import type { ConfigReader } from '../config.ts';
import type { ParameterSpec } from '../parameter-spec.ts';
import { embedding, norm } from '../parameters.ts';
import type { Words } from '../words.ts';
import { encode, type LayerNames, layerParameters } from './post-norm.ts';
import { readHeads, readPadding } from './settings.ts';

export interface BertLayout {
  readonly hidden: number;
  readonly heads: number;
  readonly vocab: number;
  /** Rows of the position embedding. */
  readonly positions: number;
  readonly pad: number | undefined;
  readonly epsilon: number;
  readonly word: string;
  readonly embeddingParameters: readonly ParameterSpec[];
  readonly layerParameters: readonly ParameterSpec[];
  /** Sum of the embeddings, normalized. [tokens, width] */
  embed(net: Words): string;
  /** [tokens, hidden] -> [masked, hidden] */
  encode(net: Words, x: string): string;
}

/** `width`: of the embeddings; `paddedPositions`: the padding token's position is never looked up for its gradient. */
export function readBertLayout(
  config: ConfigReader,
  prefix: string,
  defaults: { readonly types: number; readonly pad: number; readonly paddedPositions?: boolean },
  width = config.size('hidden_size'),
): BertLayout {
  const hidden = config.size('hidden_size');
  const heads = readHeads(config, 'num_attention_heads', hidden);
  const count = config.size('num_hidden_layers');
  const inner = config.size('intermediate_size');
  const vocab = config.size('vocab_size');
  const positions = config.size('max_position_embeddings');
  const types = config.size('type_vocab_size', defaults.types);
  const epsilon = config.number('layer_norm_eps', 1e-12);
  const activation = readActivation(config, 'hidden_act', 'gelu');
  const dropout = config.probability('hidden_dropout_prob', 0.1);
  const attention = config.probability('attention_probs_dropout_prob', 0.1);
  const pad = readPadding(config, defaults.pad);
  const style = config.string('position_embedding_type', 'absolute');
  if (style !== 'absolute') throw config.wrong('position_embedding_type', style, 'absolute');
  if (config.flag('is_decoder', false)) throw config.wrong('is_decoder', true, 'false: a masked language model');

  const [word, position, type] = ['word', 'position', 'token_type'].map(
    (kind) => `${prefix}.embeddings.${kind}_embeddings.weight`,
  ) as [string, string, string];
  const positionPad = defaults.paddedPositions ? pad : undefined;
  const embeddingNorm = `${prefix}.embeddings.LayerNorm`;
  const layers = Array.from({ length: count }, (_, i) => layerNames(`${prefix}.encoder.layer.${i}`));
  return {
    hidden,
    heads,
    vocab,
    positions,
    pad,
    epsilon,
    word,
    embeddingParameters: [
      embedding(word, vocab, width, pad),
      embedding(position, positions, width, positionPad),
      embedding(type, types, width),
      ...norm(embeddingNorm, width),
    ],
    layerParameters: layers.flatMap((names) => layerParameters(names, hidden, inner)),
    embed(net) {
      const sum = net.add(
        net.lookup(word, 'input_ids', pad),
        net.lookup(type, 'token_type_ids'),
        net.lookup(position, 'position_ids', positionPad),
      );
      return net.dropout(net.layerNorm(sum, embeddingNorm, epsilon), dropout, 'tokens', width);
    },
    encode(net, x) {
      return encode(net, x, layers, {
        hidden,
        activation,
        epsilon,
        dropout: { attention, mixed: dropout, narrowed: dropout },
      });
    },
  };
}

const layerNames = (layer: string): LayerNames => ({
  query: `${layer}.attention.self.query`,
  key: `${layer}.attention.self.key`,
  value: `${layer}.attention.self.value`,
  mix: `${layer}.attention.output.dense`,
  attentionNorm: `${layer}.attention.output.LayerNorm`,
  widen: `${layer}.intermediate.dense`,
  narrow: `${layer}.output.dense`,
  outputNorm: `${layer}.output.LayerNorm`,
});
