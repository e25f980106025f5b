// A trainable tensor before it has values.
export interface ParameterSpec {
  /** Hugging Face's name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies: not to biases and norm layers. */
  readonly decay: boolean;
  /** How it starts in a new model. */
  readonly start: 'normal' | 'zeros' | 'ones';
  /** Standard deviation of a normal start, in initializer_range; 1 unless told. */
  readonly deviation?: number | undefined;
  /** A normal start has no value farther out than so many standard deviations. */
  readonly cutoff?: number | undefined;
  /** Row of an embedding that starts as zeros. */
  readonly paddingIndex?: number | undefined;
}

/** What a family says of how its normal starts are drawn. */
export type NormalStart = Pick<ParameterSpec, 'deviation' | 'cutoff'>;
