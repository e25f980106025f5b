// ALBERT: narrow embeddings, and layers that share their weights. Source: Lan et al. 2019; Hugging Face's names.
import { readActivation } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { embedding, linear, norm } from '../parameters.ts';
import { head } from './head.ts';
import { encode, type LayerNames, layerParameters } from './post-norm.ts';
import { readHeads, readPadding } from './settings.ts';

const EMBEDDINGS = 'albert.embeddings';
const WORD = `${EMBEDDINGS}.word_embeddings.weight`;
const POSITION = `${EMBEDDINGS}.position_embeddings.weight`;
const TYPE = `${EMBEDDINGS}.token_type_embeddings.weight`;
const MAPPING = 'albert.encoder.embedding_hidden_mapping_in';

export const albert: Architecture = {
  modelTypes: ['albert'],
  className: { albert: 'AlbertForMaskedLM' },
  unused: [
    /^albert\.embeddings\.(position_ids|token_type_ids)$/,
    /^albert\.pooler\./,
    /^sop_classifier\./,
    /^predictions\.decoder\./,
  ],
  blueprint(config) {
    const hidden = config.size('hidden_size');
    const width = config.size('embedding_size', 128);
    const heads = readHeads(config, 'num_attention_heads', hidden);
    const vocab = config.size('vocab_size');
    const positions = config.size('max_position_embeddings', 512);
    const epsilon = config.number('layer_norm_eps', 1e-12);
    const activation = readActivation(config, 'hidden_act', 'gelu_new');
    const dropout = config.probability('hidden_dropout_prob', 0);
    const attention = config.probability('attention_probs_dropout_prob', 0);
    const pad = readPadding(config, 0);
    const count = config.size('num_hidden_layers');
    const groups = config.size('num_hidden_groups', 1);
    const inner = config.size('inner_group_num', 1);
    if (count < groups) throw config.wrong('num_hidden_groups', groups, `at most num_hidden_layers (${count})`);
    const names = Array.from({ length: groups }, (_, group) =>
      Array.from({ length: inner }, (_, i) =>
        layerNames(`albert.encoder.albert_layer_groups.${group}.albert_layers.${i}`),
      ),
    );
    const layers = Array.from({ length: count }, (_, i) => names[Math.floor((i * groups) / count)] ?? []).flat();
    const output = head({
      dense: 'predictions.dense',
      norm: 'predictions.LayerNorm',
      bias: 'predictions.bias',
      vocab,
      inputs: hidden,
      outputs: width,
      activation,
      epsilon,
    });
    return {
      hiddenSize: hidden,
      heads,
      vocabSize: vocab,
      maxLength: positions,
      parameters: [
        embedding(WORD, vocab, width, pad),
        embedding(POSITION, positions, width),
        embedding(TYPE, config.size('type_vocab_size', 2), width),
        ...norm(`${EMBEDDINGS}.LayerNorm`, width),
        ...linear(MAPPING, width, hidden),
        ...names.flat().flatMap((layer) => layerParameters(layer, hidden, config.size('intermediate_size'))),
        ...output.parameters,
      ],
      decoder: { weight: WORD, bias: 'predictions.bias' },
      positions: 'from zero',
      forward(net) {
        const sum = net.add(
          net.lookup(WORD, 'input_ids', pad),
          net.lookup(TYPE, 'token_type_ids'),
          net.lookup(POSITION, 'position_ids'),
        );
        const embedded = net.dropout(net.layerNorm(sum, `${EMBEDDINGS}.LayerNorm`, epsilon), dropout, 'tokens', width);
        const states = encode(net, net.linear(embedded, MAPPING), layers, {
          hidden,
          activation,
          epsilon,
          dropout: { attention, mixed: dropout, narrowed: 0 },
        });
        return output.apply(net, states);
      },
    };
  },
};

const layerNames = (layer: string): LayerNames => ({
  query: `${layer}.attention.query`,
  key: `${layer}.attention.key`,
  value: `${layer}.attention.value`,
  mix: `${layer}.attention.dense`,
  attentionNorm: `${layer}.attention.LayerNorm`,
  widen: `${layer}.ffn`,
  narrow: `${layer}.ffn_output`,
  outputNorm: `${layer}.full_layer_layer_norm`,
});
