// DistilBERT: half of BERT's layers, no token types. Source: Sanh et al. 2019; Hugging Face's names.
import { readActivation } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { embedding, norm } from '../parameters.ts';
import { head } from './head.ts';
import { encode, type LayerNames, layerParameters } from './post-norm.ts';
import { readHeads, readPadding } from './settings.ts';

const WORD = 'distilbert.embeddings.word_embeddings.weight';
const POSITION = 'distilbert.embeddings.position_embeddings.weight';
const NORM = 'distilbert.embeddings.LayerNorm';
const EPSILON = 1e-12;

export const distilbert: Architecture = {
  modelTypes: ['distilbert'],
  className: { distilbert: 'DistilBertForMaskedLM' },
  unused: [/^distilbert\.embeddings\.position_ids$/, /^vocab_projector\.weight$/],
  blueprint(config) {
    const hidden = config.size('dim', 768);
    const heads = readHeads(config, 'n_heads', hidden);
    const vocab = config.size('vocab_size');
    const positions = config.size('max_position_embeddings', 512);
    const inner = config.size('hidden_dim', 4 * hidden);
    const activation = readActivation(config, 'activation', 'gelu');
    const dropout = config.probability('dropout', 0.1);
    const attention = config.probability('attention_dropout', 0.1);
    const pad = readPadding(config, 0);
    const layers = Array.from({ length: config.size('n_layers') }, (_, i) =>
      layerNames(`distilbert.transformer.layer.${i}`),
    );
    const output = head({
      dense: 'vocab_transform',
      norm: 'vocab_layer_norm',
      bias: 'vocab_projector.bias',
      vocab,
      inputs: hidden,
      outputs: hidden,
      activation,
      epsilon: EPSILON,
    });
    return {
      hiddenSize: hidden,
      heads,
      vocabSize: vocab,
      maxLength: positions,
      parameters: [
        embedding(WORD, vocab, hidden, pad),
        embedding(POSITION, positions, hidden),
        ...norm(NORM, hidden),
        ...layers.flatMap((names) => layerParameters(names, hidden, inner)),
        ...output.parameters,
      ],
      decoder: { weight: WORD, bias: 'vocab_projector.bias' },
      positions: 'from zero',
      forward(net) {
        const sum = net.add(net.lookup(WORD, 'input_ids', pad), net.lookup(POSITION, 'position_ids'));
        const x = net.dropout(net.layerNorm(sum, NORM, EPSILON), dropout, 'tokens', hidden);
        const states = encode(net, x, layers, {
          hidden,
          activation,
          epsilon: EPSILON,
          dropout: { attention, mixed: 0, narrowed: dropout },
        });
        return output.apply(net, states);
      },
    };
  },
};

const layerNames = (layer: string): LayerNames => ({
  query: `${layer}.attention.q_lin`,
  key: `${layer}.attention.k_lin`,
  value: `${layer}.attention.v_lin`,
  mix: `${layer}.attention.out_lin`,
  attentionNorm: `${layer}.sa_layer_norm`,
  widen: `${layer}.ffn.lin1`,
  narrow: `${layer}.ffn.lin2`,
  outputNorm: `${layer}.output_layer_norm`,
});
