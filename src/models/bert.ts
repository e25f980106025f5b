// BERT for masked language modelling. Source: Devlin et al. 2018; Hugging Face's names.
import { readActivation } from './activation.ts';
import type { Architecture, Blueprint } from './architecture.ts';
import type { ConfigReader } from './config.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import { embedding, linear, norm } from './parameters.ts';

export const bert: Architecture = {
  modelType: 'bert',
  blueprint,
  rename(tensor) {
    if (UNUSED.some((pattern) => pattern.test(tensor))) return null;
    return tensor.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  },
};

/** Buffers, the pooler and next-sentence head, and copies of what is tied. */
const UNUSED = [
  /^bert\.embeddings\.(position_ids|token_type_ids)$/,
  /^bert\.pooler\./,
  /^cls\.seq_relationship\./,
  /^cls\.predictions\.decoder\.(weight|bias)$/,
];

function blueprint(config: ConfigReader): Blueprint {
  const hidden = config.size('hidden_size');
  const heads = config.size('num_attention_heads');
  const layers = config.size('num_hidden_layers');
  const inner = config.size('intermediate_size');
  const vocab = config.size('vocab_size');
  const positions = config.size('max_position_embeddings');
  const types = config.size('type_vocab_size', 2);
  const epsilon = config.number('layer_norm_eps', 1e-12);
  const activation = readActivation(config, 'hidden_act', 'gelu');
  const hiddenDropout = config.probability('hidden_dropout_prob', 0.1);
  const attentionDropout = config.probability('attention_probs_dropout_prob', 0.1);
  const pad = config.config.pad_token_id === null ? undefined : config.size('pad_token_id', 0, 0);
  if (hidden % heads !== 0) throw config.wrong('num_attention_heads', heads, `a divisor of hidden_size (${hidden})`);
  const style = config.string('position_embedding_type', 'absolute');
  if (style !== 'absolute') throw config.wrong('position_embedding_type', style, 'absolute');
  if (config.flag('is_decoder', false)) throw config.wrong('is_decoder', true, 'false: a masked language model');

  const word = 'bert.embeddings.word_embeddings.weight';
  const position = 'bert.embeddings.position_embeddings.weight';
  const type = 'bert.embeddings.token_type_embeddings.weight';
  const layer = (i: number) => `bert.encoder.layer.${i}`;

  const parameters: ParameterSpec[] = [
    embedding(word, vocab, hidden, pad),
    embedding(position, positions, hidden),
    embedding(type, types, hidden),
    ...norm('bert.embeddings.LayerNorm', hidden),
    ...Array.from({ length: layers }, (_, i) => [
      ...linear(`${layer(i)}.attention.self.query`, hidden, hidden),
      ...linear(`${layer(i)}.attention.self.key`, hidden, hidden),
      ...linear(`${layer(i)}.attention.self.value`, hidden, hidden),
      ...linear(`${layer(i)}.attention.output.dense`, hidden, hidden),
      ...norm(`${layer(i)}.attention.output.LayerNorm`, hidden),
      ...linear(`${layer(i)}.intermediate.dense`, hidden, inner),
      ...linear(`${layer(i)}.output.dense`, inner, hidden),
      ...norm(`${layer(i)}.output.LayerNorm`, hidden),
    ]).flat(),
    { name: 'cls.predictions.bias', shape: [vocab], decay: false, start: 'zeros' },
    ...linear('cls.predictions.transform.dense', hidden, hidden),
    ...norm('cls.predictions.transform.LayerNorm', hidden),
  ];

  return {
    hiddenSize: hidden,
    heads,
    vocabSize: vocab,
    maxLength: positions,
    parameters,
    decoder: { weight: word, bias: 'cls.predictions.bias' },
    positions(ids, out) {
      for (let i = 0; i < ids.length; i++) out[i] = i;
    },
    forward(net) {
      const sum = net.add(
        net.lookup(word, 'input_ids', pad),
        net.lookup(type, 'token_type_ids'),
        net.lookup(position, 'position_ids'),
      );
      let x = net.dropout(net.layerNorm(sum, 'bert.embeddings.LayerNorm', epsilon), hiddenDropout, 'tokens', hidden);
      for (let i = 0; i < layers; i++) {
        // nobody reads the last layer's other positions: it asks only at the masked ones
        const at = i === layers - 1 ? 'masked' : 'tokens';
        const self = `${layer(i)}.attention.self`;
        const [k, v] = [net.linear(x, `${self}.key`), net.linear(x, `${self}.value`)];
        const asking = at === 'masked' ? net.atMasked(x) : x;
        const context = net.attention(net.linear(asking, `${self}.query`), k, v, at, attentionDropout);
        const mixed = net.linear(context, `${layer(i)}.attention.output.dense`);
        const attended = net.layerNorm(
          net.add(net.dropout(mixed, hiddenDropout, at, hidden), asking),
          `${layer(i)}.attention.output.LayerNorm`,
          epsilon,
        );
        const wide = activation(net.build, net.linear(attended, `${layer(i)}.intermediate.dense`));
        const narrow = net.linear(wide, `${layer(i)}.output.dense`);
        x = net.layerNorm(
          net.add(net.dropout(narrow, hiddenDropout, at, hidden), attended),
          `${layer(i)}.output.LayerNorm`,
          epsilon,
        );
      }
      const transformed = activation(net.build, net.linear(x, 'cls.predictions.transform.dense'));
      return net.layerNorm(transformed, 'cls.predictions.transform.LayerNorm', epsilon);
    },
  };
}
