// A trainable tensor before it has values.
export interface ParameterSpec {
  /** Hugging Face's name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies: not to biases and norm layers. */
  readonly decay: boolean;
  /** How it starts in a new model. */
  readonly start: 'normal' | 'zeros' | 'ones';
  /** Row of an embedding that starts as zeros. */
  readonly paddingIndex?: number | undefined;
}
