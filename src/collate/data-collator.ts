// DataCollatorForLanguageModeling: the masks that Python's collator makes, number for number.
import { ClozeError } from '../base/errors.ts';
import type { Fate, RandomStream } from '../protocol/masking.ts';
import { NumpyGenerator } from '../random/numpy-generator.ts';
import { NumpyLegacy } from '../random/numpy-legacy.ts';
import { TorchGenerator } from '../random/torch.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { type Feature, type PaddedRows, padRows } from './batch.ts';
import { type Draws, numpyDraws, torchDraws } from './draws.ts';
import { findWords, spreadOverWords } from './whole-words.ts';

/** What the collator reads of a tokenizer. */
export type CollatorTokenizer = Pick<Tokenizer, 'mask' | 'pad' | 'size' | 'allSpecialIds'>;

/** The arguments of transformers' DataCollatorForLanguageModeling, with its defaults. */
export interface CollatorOptions {
  readonly mlm?: boolean | undefined;
  readonly wholeWordMask?: boolean | undefined;
  readonly mlmProbability?: number | undefined;
  readonly maskReplaceProb?: number | undefined;
  readonly randomReplaceProb?: number | undefined;
  readonly padToMultipleOf?: number | null | undefined;
  /** return_tensors: "pt" draws as torch, "np" as NumPy. */
  readonly returnTensors?: 'pt' | 'np' | undefined;
  /** The collator's own generator, made at the first call and kept; without a seed `global` is drawn from. */
  readonly seed?: number | null | undefined;
  /** The global state of torch or NumPy; others may draw from it too. */
  readonly global?: TorchGenerator | NumpyLegacy | undefined;
}

/** A collated batch; matrices are row-major [rows, width]. */
export interface MaskedBatch extends PaddedRows {
  /** -100 where no token was chosen. */
  readonly labels: Int32Array;
  readonly fates: readonly Fate[];
}

export class DataCollatorForLanguageModeling {
  readonly mlmProbability: number;
  readonly maskReplaceProb: number;
  readonly randomReplaceProb: number;
  readonly wholeWordMask: boolean;
  readonly #tokenizer: CollatorTokenizer;
  readonly #options: CollatorOptions;
  #draws: Draws | undefined;

  /** Throws ClozeError 'bad-argument' for what the original raises a ValueError for. */
  constructor(tokenizer: CollatorTokenizer, options: CollatorOptions = {}) {
    this.#tokenizer = tokenizer;
    this.#options = options;
    this.wholeWordMask = options.wholeWordMask ?? false;
    this.mlmProbability = options.mlmProbability ?? 0.15;
    const maskReplaceProb = options.maskReplaceProb ?? 0.8;
    const randomReplaceProb = options.randomReplaceProb ?? 0.1;
    checkArguments(tokenizer, options.mlm ?? true, this.wholeWordMask, {
      mlm_probability: this.mlmProbability,
      mask_replace_prob: maskReplaceProb,
      random_replace_prob: randomReplaceProb,
    });
    // as in transformers: whole words are always replaced by the mask token
    this.maskReplaceProb = this.wholeWordMask ? 1 : maskReplaceProb;
    this.randomReplaceProb = this.wholeWordMask ? 0 : randomReplaceProb;
  }

  /** Pads `features` and masks them; each call draws on. */
  collate(features: readonly Feature[]): MaskedBatch {
    const { pad, allSpecialIds } = this.#tokenizer;
    const batch = padRows(features, pad?.id ?? null, this.#options.padToMultipleOf ?? null, (id) =>
      allSpecialIds.has(id),
    );
    if (this.#options.mlm === false) return copyAsLabels(batch, pad?.id ?? null);
    return this.#mask(batch, features);
  }

  #mask(batch: PaddedRows, features: readonly Feature[]): MaskedBatch {
    this.#draws ??= this.#makeDraws();
    const draws = this.#draws;
    const cells = batch.inputIds.length;
    const inputIds = batch.inputIds.slice();
    const labels = batch.inputIds.slice();
    const fates = Array.from<unknown, Fate>(batch.special, (special) => (special ? 'special' : 'kept'));

    const chosen = this.#choose(draws, batch, features);
    const replaced = draws.flip(cells, this.maskReplaceProb);
    const maskId = this.#tokenizer.mask?.id as number; // checked by the constructor
    for (let i = 0; i < cells; i++) {
      if (!chosen[i]) labels[i] = -100;
      else if (replaced[i]) inputIds[i] = maskId;
      if (chosen[i]) fates[i] = replaced[i] ? 'masked' : 'unchanged';
    }
    if (this.maskReplaceProb === 1 || this.randomReplaceProb === 0) return { ...batch, inputIds, labels, fates };

    const random = draws.flip(cells, this.randomReplaceProb / (1 - this.maskReplaceProb));
    for (let i = 0; i < cells; i++) if (!chosen[i] || replaced[i]) random[i] = 0;
    const words = draws.ids(random, this.#tokenizer.size);
    for (let i = 0; i < cells; i++) {
      if (!random[i]) continue;
      inputIds[i] = words[i] as number;
      fates[i] = 'random';
    }
    return { ...batch, inputIds, labels, fates };
  }

  #choose(draws: Draws, batch: PaddedRows, features: readonly Feature[]): Uint8Array {
    if (!this.wholeWordMask) return draws.choose(batch.special, this.mlmProbability);
    if (features.some((feature) => !feature.offsets && !feature.wordIds)) {
      throw new ClozeError(
        'bad-input',
        'Whole-word masking needs the offsets of every token, and a row has none.',
        'Tokenize with return_offsets_mapping=True, or turn whole_word_mask off.',
      );
    }
    const words = findWords(batch, features);
    return spreadOverWords(draws.choose(words.notFirst, this.mlmProbability), words, batch.width);
  }

  #makeDraws(): Draws {
    const { returnTensors = 'pt', seed, global } = this.#options;
    if (returnTensors === 'pt') {
      const generator = seed != null ? new TorchGenerator(seed) : global;
      if (generator instanceof TorchGenerator) return torchDraws(generator);
    } else {
      const generator = seed != null ? new NumpyGenerator(seed) : global;
      if (generator && !(generator instanceof TorchGenerator)) return numpyDraws(generator);
    }
    throw new ClozeError('bad-argument', 'The collator has neither a seed nor the global generator of its stream.');
  }
}

/** The collator's stream by its name in the views: torch and numpy as `set_seed(seed)` leaves the global state. */
export function streamOptions(
  stream: RandomStream,
  seed: number,
): Pick<CollatorOptions, 'returnTensors' | 'seed' | 'global'> {
  if (stream === 'torch') return { returnTensors: 'pt', seed: null, global: new TorchGenerator(seed) };
  if (stream === 'numpy') return { returnTensors: 'np', seed: null, global: new NumpyLegacy(seed) };
  return { returnTensors: 'np', seed };
}

function checkArguments(
  tokenizer: CollatorTokenizer,
  mlm: boolean,
  wholeWordMask: boolean,
  probabilities: Readonly<Record<'mlm_probability' | 'mask_replace_prob' | 'random_replace_prob', number>>,
): void {
  if (mlm && !tokenizer.mask) {
    throw new ClozeError(
      'bad-input',
      'This tokenizer has no mask token, so there is nothing to mask with.',
      'Choose a masked language model such as BERT.',
    );
  }
  if (!mlm && wholeWordMask) {
    throw new ClozeError('bad-argument', 'whole_word_mask needs mlm: nothing is masked without it.');
  }
  for (const [name, value] of Object.entries(probabilities)) {
    if (!(value >= 0 && value <= 1)) {
      throw new ClozeError('bad-argument', `${name} is ${value}; it must be between 0 and 1.`);
    }
  }
  const { mask_replace_prob: mask, random_replace_prob: random } = probabilities;
  if (mask + random > 1) {
    throw new ClozeError(
      'bad-argument',
      `mask_replace_prob (${mask}) and random_replace_prob (${random}) sum to more than 1.`,
      'Lower one of them: what is left of 1 stays unchanged.',
    );
  }
}

/** mlm=False: the labels are the inputs, -100 at padding. */
function copyAsLabels(batch: PaddedRows, padId: number | null): MaskedBatch {
  const labels = batch.inputIds.map((id) => (id === padId ? -100 : id));
  const fates = Array.from<unknown, Fate>(batch.special, (special) => (special ? 'special' : 'kept'));
  return { ...batch, labels, fates };
}
