// loadTokenizer: a model folder's tokenizer, on Hugging Face's own `tokenizers` (Rust).
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as Native } from 'tokenizers';
import { ClozeError } from '../base/errors.ts';
import { type Json, readJson, readTokenizerJson, TOKENIZER_FILES } from './model-folder.ts';
import { codeUnitStarts, toCodeUnits } from './offsets.ts';
import { findSpecialTokens } from './special-tokens.ts';
import type { EncodedRows, EncodeOptions, Encoding, SpecialToken, Tokenizer } from './types.ts';
import { wordStarts } from './words.ts';

/** Python writes this for "no limit"; anything near it means the same. */
const NO_LIMIT = 1e9;

/** Loads the tokenizer of a model folder. Throws ClozeError when the folder or tokenizer.json is missing or damaged. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new ClozeError('not-found', `There is no model folder ${folder}.`, 'Choose another model.');
  const json = await readTokenizerJson(folder);
  const tokenizerConfig = await readJson(folder, 'tokenizer_config.json');
  const specialTokensMap = await readJson(folder, 'special_tokens_map.json');
  const config = await readJson(folder, 'config.json');
  let native: Native;
  try {
    native = Native.fromString(JSON.stringify(json));
  } catch (error) {
    throw new ClozeError(
      'bad-input',
      `${join(folder, 'tokenizer.json')} is no tokenizer that Hugging Face's library reads (${firstLine(error)}).`,
      'Save the tokenizer again with a current version of transformers.',
      { cause: error },
    );
  }
  const special = findSpecialTokens([tokenizerConfig, specialTokensMap], (token) => native.tokenToId(token));
  const files: string[] = [];
  for (const name of TOKENIZER_FILES) if (await exists(join(folder, name))) files.push(name);
  const pad = special.byRole.pad_token ?? null;
  return new FolderTokenizer(native, {
    folder,
    fingerprint: createHash('sha256').update(JSON.stringify(json)).digest('hex'),
    files,
    modelMaxLength: positive(tokenizerConfig?.model_max_length),
    maxPositions: maxPositions(config, pad),
    mask: special.byRole.mask_token ?? null,
    pad,
    unk: special.byRole.unk_token ?? null,
    allSpecialIds: special.allIds,
  });
}

type Facts = Pick<
  Tokenizer,
  'folder' | 'fingerprint' | 'files' | 'modelMaxLength' | 'maxPositions' | 'mask' | 'pad' | 'unk' | 'allSpecialIds'
>;

class FolderTokenizer implements Tokenizer {
  readonly folder: string;
  readonly fingerprint: string;
  readonly files: readonly string[];
  readonly size: number;
  readonly modelMaxLength: number | null;
  readonly maxPositions: number | null;
  readonly mask: SpecialToken | null;
  readonly pad: SpecialToken | null;
  readonly unk: SpecialToken | null;
  readonly allSpecialIds: ReadonlySet<number>;
  readonly #native: Native;
  /** The native tokenizer keeps its truncation as state: one call after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #maxLength: number | undefined;

  constructor(native: Native, facts: Facts) {
    this.#native = native;
    this.folder = facts.folder;
    this.fingerprint = facts.fingerprint;
    this.files = facts.files;
    this.size = native.getVocabSize(true);
    this.modelMaxLength = facts.modelMaxLength;
    this.maxPositions = facts.maxPositions;
    this.mask = facts.mask;
    this.pad = facts.pad;
    this.unk = facts.unk;
    this.allSpecialIds = facts.allSpecialIds;
  }

  async encode(text: string, options: EncodeOptions = {}): Promise<Encoding> {
    const encoded = await this.#inTurn(options.maxLength, () =>
      this.#native.encode(text, null, { addSpecialTokens: options.addSpecialTokens ?? true }),
    );
    return {
      ids: encoded.getIds(),
      tokens: encoded.getTokens(),
      offsets: toCodeUnits(codeUnitStarts(text), encoded.getOffsets()),
      wordIds: encoded.getWordIds().map((word) => word ?? null),
      specialTokensMask: encoded.getSpecialTokensMask(),
    };
  }

  async encodeBatch(texts: readonly string[], options: EncodeOptions = {}): Promise<EncodedRows> {
    if (texts.length === 0) return { ids: new Int32Array(0), lengths: new Int32Array(0) };
    const encoded = await this.#inTurn(options.maxLength, () =>
      this.#native.encodeBatch([...texts], { addSpecialTokens: options.addSpecialTokens ?? true }),
    );
    // one call into the library a row: each costs as much as tokenizing a word
    const rows = encoded.map((row) => row.getIds());
    const lengths = Int32Array.from(rows, (row) => row.length);
    const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
    const starts = options.wordStarts ? new Uint8Array(ids.length) : undefined;
    let at = 0;
    for (const [i, row] of encoded.entries()) {
      ids.set(rows[i] as number[], at);
      if (starts) {
        const text = texts[i] as string;
        const tokens = {
          ids: rows[i] as number[],
          offsets: toCodeUnits(codeUnitStarts(text), row.getOffsets()),
          wordIds: row.getWordIds(),
          specialTokensMask: row.getSpecialTokensMask(),
        };
        starts.set(wordStarts(text, tokens, this.allSpecialIds), at);
      }
      at += lengths[i] as number;
    }
    return { ids, lengths, wordStarts: starts };
  }

  decode(ids: readonly number[], options: { readonly skipSpecialTokens?: boolean } = {}): Promise<string> {
    return this.#native.decode([...ids], options.skipSpecialTokens ?? false);
  }

  idToToken(id: number): string | null {
    return this.#native.idToToken(id);
  }

  tokenToId(token: string): number | null {
    return this.#native.tokenToId(token);
  }

  #inTurn<T>(maxLength: number | undefined, call: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => {
      if (maxLength !== this.#maxLength) {
        if (maxLength === undefined) this.#native.disableTruncation();
        else this.#native.setTruncation(maxLength);
        this.#maxLength = maxLength;
      }
      return call();
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** RoBERTa's family numbers positions from the pad id + 1, so that many of its positions hold no token. */
function maxPositions(config: Json | null, pad: SpecialToken | null): number | null {
  const positions = positive(config?.max_position_embeddings);
  if (positions === null) return null;
  const shifted = ['roberta', 'camembert', 'xlm-roberta'].includes(String(config?.model_type));
  return shifted ? positions - (pad?.id ?? 1) - 1 : positions;
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value < NO_LIMIT ? value : null;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] as string;
}
