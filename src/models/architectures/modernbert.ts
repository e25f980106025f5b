// ModernBERT: norms before the layers, gated dense layers, rotary positions, attention that is mostly local.
// Source: Warner et al. 2024; Hugging Face's names.
import { readActivation } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import type { ConfigReader } from '../config.ts';
import type { ParameterSpec } from '../parameter-spec.ts';
import { embedding, linear, norm } from '../parameters.ts';
import type { Words } from '../words.ts';
import { head } from './head.ts';
import { readHeads, readPadding } from './settings.ts';

const WORD = 'model.embeddings.tok_embeddings.weight';

export const modernbert: Architecture = {
  modelTypes: ['modernbert'],
  className: { modernbert: 'ModernBertForMaskedLM' },
  unused: [/^decoder\.weight$/],
  blueprint(config) {
    const hidden = config.size('hidden_size', 768);
    const heads = readHeads(config, 'num_attention_heads', hidden);
    const vocab = config.size('vocab_size', 50368);
    const inner = config.size('intermediate_size', 1152);
    const epsilon = config.number('norm_eps', 1e-5);
    const pad = readPadding(config, 50283);
    const activation = readActivation(config, 'hidden_activation', 'gelu');
    const dropout = {
      embedding: config.probability('embedding_dropout', 0),
      attention: config.probability('attention_dropout', 0),
      mlp: config.probability('mlp_dropout', 0),
    };
    const bias = {
      norm: config.flag('norm_bias', false),
      attention: config.flag('attention_bias', false),
      mlp: config.flag('mlp_bias', false),
    };
    if (!config.flag('decoder_bias', true)) throw config.wrong('decoder_bias', false, 'true');
    const layers = readLayers(config);
    // as published: what writes into the residual stream starts smaller the more layers there are
    const start = { cutoff: config.number('initializer_cutoff_factor', 2) };
    const out = { ...start, deviation: 1 / Math.sqrt(2 * layers.length) };
    const output = head({
      dense: 'head.dense',
      norm: 'head.norm',
      bias: 'decoder.bias',
      vocab,
      inputs: hidden,
      outputs: hidden,
      activation: readActivation(config, 'classifier_activation', 'gelu'),
      epsilon,
      biases: { dense: config.flag('classifier_bias', false), norm: bias.norm },
      start: out,
    });

    const parameters: ParameterSpec[] = [
      { ...embedding(WORD, vocab, hidden, pad), ...start },
      ...norm('model.embeddings.norm', hidden, bias.norm),
      ...layers.flatMap(({ name, normsFirst }) => [
        ...(normsFirst ? norm(`${name}.attn_norm`, hidden, bias.norm) : []),
        ...linear(`${name}.attn.Wqkv`, hidden, 3 * hidden, bias.attention, start),
        ...linear(`${name}.attn.Wo`, hidden, hidden, bias.attention, out),
        ...norm(`${name}.mlp_norm`, hidden, bias.norm),
        ...linear(`${name}.mlp.Wi`, hidden, 2 * inner, bias.mlp, start),
        ...linear(`${name}.mlp.Wo`, inner, hidden, bias.mlp, out),
      ]),
      ...norm('model.final_norm', hidden, bias.norm),
      ...output.parameters,
    ];

    const layer = (net: Words, x: string, { name, normsFirst, theta, window }: Layer, isLast: boolean) => {
      const at = isLast ? 'masked' : 'tokens';
      const normed = normsFirst ? net.layerNorm(x, `${name}.attn_norm`, epsilon) : x;
      const [q, k, v] = net.split(net.linear(normed, `${name}.attn.Wqkv`), 3) as [string, string, string];
      const asking = isLast ? net.atMasked(q) : q;
      const context = net.attention(
        { q: net.rotate(asking, at, theta), k: net.rotate(k, 'tokens', theta), v },
        { queries: at, dropout: dropout.attention, window },
      );
      const mixed = net.dropout(net.linear(context, `${name}.attn.Wo`), dropout.attention, at, hidden);
      const attended = net.add(isLast ? net.atMasked(x) : x, mixed);
      const wide = net.linear(net.layerNorm(attended, `${name}.mlp_norm`, epsilon), `${name}.mlp.Wi`);
      const [value, gate] = net.split(wide, 2) as [string, string];
      const gated = net.build.op('Mul', [activation(net.build, value), gate]);
      return net.add(attended, net.linear(net.dropout(gated, dropout.mlp, at, inner), `${name}.mlp.Wo`));
    };

    return {
      hiddenSize: hidden,
      heads,
      vocabSize: vocab,
      maxLength: config.size('max_position_embeddings', 8192),
      parameters,
      decoder: { weight: WORD, bias: 'decoder.bias' },
      positions: 'from zero',
      forward(net) {
        const embedded = net.layerNorm(net.lookup(WORD, 'input_ids', pad), 'model.embeddings.norm', epsilon);
        const x = net.dropout(embedded, dropout.embedding, 'tokens', hidden);
        const states = layers.reduce((y, each, i) => layer(net, y, each, i === layers.length - 1), x);
        return output.apply(net, net.layerNorm(states, 'model.final_norm', epsilon));
      },
    };
  },
};

interface Layer {
  readonly name: string;
  /** All but the first: the embeddings are normalized already. */
  readonly normsFirst: boolean;
  /** Base of the rotary positions. */
  readonly theta: number;
  /** Tokens to either side that a token attends to; absent: all. */
  readonly window: number | undefined;
}

/** Which layers attend to everything, and each kind's rotary base: as 5.x writes them, else as 4.x. */
function readLayers(config: ConfigReader): readonly Layer[] {
  const count = config.size('num_hidden_layers', 22);
  const every = config.size('global_attn_every_n_layers', 3);
  const window = Math.floor(config.size('local_attention', 128) / 2);
  const types = config.config.layer_types ?? null;
  if (types !== null && !(Array.isArray(types) && types.length === count)) {
    throw config.wrong('layer_types', types, `a list of ${count}, one a layer`);
  }
  const global = config.number('global_rope_theta', 160_000);
  const local = config.config.local_rope_theta === null ? global : config.number('local_rope_theta', 10_000);
  return Array.from({ length: count }, (_, i) => {
    const type = types ? types[i] : i % every === 0 ? 'full_attention' : 'sliding_attention';
    if (type !== 'full_attention' && type !== 'sliding_attention') {
      throw config.wrong(`layer_types[${i}]`, type, 'full_attention or sliding_attention');
    }
    const isLocal = type === 'sliding_attention';
    return {
      name: `model.layers.${i}`,
      normsFirst: i > 0,
      theta: readTheta(config, type) ?? (isLocal ? local : global),
      window: isLocal ? window : undefined,
    };
  });
}

function readTheta(config: ConfigReader, type: string): number | undefined {
  const all = config.config.rope_parameters as
    | Record<string, { rope_theta?: unknown; rope_type?: unknown }>
    | undefined;
  const mine = all?.[type];
  if ((mine?.rope_type ?? 'default') !== 'default') {
    throw config.wrong(`rope_parameters.${type}.rope_type`, mine?.rope_type, 'default');
  }
  const theta = mine?.rope_theta;
  if (theta === undefined || theta === null) return undefined;
  if (typeof theta !== 'number' || !(theta > 0)) throw config.wrong('rope_theta', theta, 'a number above 0');
  return theta;
}
