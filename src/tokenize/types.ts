// What the collator, the trainer and the views need of a tokenizer.

export interface EncodeOptions {
  /** Cut to this many tokens, special ones included, as `truncation=True, max_length=…` does. */
  readonly maxLength?: number | undefined;
  /** Default true. */
  readonly addSpecialTokens?: boolean | undefined;
  /** For many texts: tell where words start. */
  readonly wordStarts?: boolean | undefined;
}

/** One text as tokens; every list has one entry a token. */
export interface Encoding {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  /** Start and end of each token in the text, in UTF-16 code units; [0, 0] for added special tokens. */
  readonly offsets: readonly (readonly [number, number])[];
  /** The pre-tokenizer's word number; null for special tokens. */
  readonly wordIds: readonly (number | null)[];
  /** 1 for tokens that the tokenizer added. */
  readonly specialTokensMask: readonly number[];
}

/** Many texts end to end: row i has `lengths[i]` ids. */
export interface EncodedRows {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  /** 1 at tokens that start a word, where asked for: whole-word masking's words. */
  readonly wordStarts?: Uint8Array | undefined;
}

export interface SpecialToken {
  readonly token: string;
  readonly id: number;
}

export interface Tokenizer {
  readonly folder: string;
  /** The same for tokenizers that make the same tokens: a hash of tokenizer.json. */
  readonly fingerprint: string;
  /** As Python's len(tokenizer): the vocabulary with added tokens. */
  readonly size: number;
  /** model_max_length of tokenizer_config.json; null when it sets none. */
  readonly modelMaxLength: number | null;
  /** The longest row that config.json's positions allow; null when config.json says nothing. */
  readonly maxPositions: number | null;
  readonly mask: SpecialToken | null;
  readonly pad: SpecialToken | null;
  readonly unk: SpecialToken | null;
  /** As Python's all_special_ids. */
  readonly allSpecialIds: ReadonlySet<number>;
  /** The files that make up this tokenizer, by name: what a saved model needs beside its weights. */
  readonly files: readonly string[];
  encode(text: string, options?: EncodeOptions): Promise<Encoding>;
  encodeBatch(texts: readonly string[], options?: EncodeOptions): Promise<EncodedRows>;
  decode(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): Promise<string>;
  idToToken(id: number): string | null;
  tokenToId(token: string): number | null;
}

/** The most tokens a row may have: the smaller of what tokenizer and positions say; null when neither says. */
export function lengthLimit(tokenizer: Pick<Tokenizer, 'modelMaxLength' | 'maxPositions'>): number | null {
  const limits = [tokenizer.modelMaxLength, tokenizer.maxPositions].filter((limit) => limit !== null);
  return limits.length > 0 ? Math.min(...limits) : null;
}
