// What one kind of model has to say of itself; everything else is shared.
import type { ConfigReader } from './config.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import type { Numbering } from './positions.ts';
import type { Words } from './words.ts';

/** A model of given sizes. */
export interface Blueprint {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly vocabSize: number;
  /** Tokens of the longest row. */
  readonly maxLength: number;
  readonly parameters: readonly ParameterSpec[];
  /** The output layer: weights tied to the word embedding, and a bias. */
  readonly decoder: { readonly weight: string; readonly bias: string };
  readonly positions: Numbering;
  /** Its tokenizers tell no sentences apart: every token is of type 0, and an exported model does not ask. */
  readonly oneTokenType?: true;
  /** Writes the network up to the decoder; returns the states at the masked positions. [masked, decoder width] */
  forward(net: Words): string;
}

export interface Architecture {
  /** config.json's model_type; several where families differ only in it. */
  readonly modelTypes: readonly string[];
  /** config.json's architectures entry of its masked language model, by model_type. */
  readonly className: Readonly<Record<string, string>>;
  blueprint(config: ConfigReader): Blueprint;
  /** Tensors that masked language modelling does not use: buffers, other heads, copies of what is tied. */
  readonly unused: readonly RegExp[];
}
