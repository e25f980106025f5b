// The encoder that BERT and most of its kin share: attention, then two dense layers, each added to what came in and
// normalized after. Source: Vaswani et al. 2017; Devlin et al. 2018.
import type { Activation } from '../activation.ts';
import type { ParameterSpec } from '../parameter-spec.ts';
import { linear, norm } from '../parameters.ts';
import type { Words } from '../words.ts';

/** Where a layer's parameters lie in a model's names. */
export interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** From the heads' values back to the hidden size. */
  readonly mix: string;
  readonly attentionNorm: string;
  readonly widen: string;
  readonly narrow: string;
  readonly outputNorm: string;
}

export interface LayerSettings {
  readonly hidden: number;
  readonly activation: Activation;
  readonly epsilon: number;
  /** Dropout of attention probabilities, of what attention adds, of what the dense layers add. */
  readonly dropout: { readonly attention: number; readonly mixed: number; readonly narrowed: number };
}

export function layerParameters(names: LayerNames, hidden: number, inner: number): ParameterSpec[] {
  return [
    ...linear(names.query, hidden, hidden),
    ...linear(names.key, hidden, hidden),
    ...linear(names.value, hidden, hidden),
    ...linear(names.mix, hidden, hidden),
    ...norm(names.attentionNorm, hidden),
    ...linear(names.widen, hidden, inner),
    ...linear(names.narrow, inner, hidden),
    ...norm(names.outputNorm, hidden),
  ];
}

/** All layers, the first first. [tokens, hidden] -> [masked, hidden]: nobody reads the last one's other positions. */
export function encode(net: Words, x: string, layers: readonly LayerNames[], settings: LayerSettings): string {
  return layers.reduce((states, names, i) => layer(net, states, names, settings, i === layers.length - 1), x);
}

function layer(net: Words, x: string, names: LayerNames, settings: LayerSettings, isLast: boolean): string {
  const { hidden, activation, epsilon, dropout } = settings;
  const at = isLast ? 'masked' : 'tokens';
  const asking = isLast ? net.atMasked(x) : x;
  const context = net.attention(
    { q: net.linear(asking, names.query), k: net.linear(x, names.key), v: net.linear(x, names.value) },
    { queries: at, dropout: dropout.attention },
  );
  const mixed = net.dropout(net.linear(context, names.mix), dropout.mixed, at, hidden);
  const attended = net.layerNorm(net.add(mixed, asking), names.attentionNorm, epsilon);
  const wide = activation(net.build, net.linear(attended, names.widen));
  const narrow = net.dropout(net.linear(wide, names.narrow), dropout.narrowed, at, hidden);
  return net.layerNorm(net.add(narrow, attended), names.outputNorm, epsilon);
}
