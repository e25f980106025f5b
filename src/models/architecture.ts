// What one kind of model has to say of itself; everything else is shared.
import type { ConfigReader } from './config.ts';
import type { Network } from './network.ts';
import type { ParameterSpec } from './parameter-spec.ts';

/** A model of given sizes. */
export interface Blueprint {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly vocabSize: number;
  readonly maxLength: number;
  readonly parameters: readonly ParameterSpec[];
  /** The output layer: weights tied to the word embedding, and a bias. */
  readonly decoder: { readonly weight: string; readonly bias: string };
  /** The position of each token of a row, given its ids. */
  positions(ids: Int32Array, out: Int32Array): void;
  /** Writes the network up to the decoder; returns the states at the masked positions. [masked, decoder width] */
  forward(net: Network): string;
}

export interface Architecture {
  /** config.json's model_type. */
  readonly modelType: string;
  blueprint(config: ConfigReader): Blueprint;
  /** Today's name of a tensor that older files call otherwise; null for one that masked language modelling does not use. */
  rename(tensor: string): string | null;
}
