// What a tokenizer makes of the texts of a data set: lengths, unknown words, pieces, vocabulary.
import { breathe } from '../base/cancellation.ts';
import type { TokenSurvey } from '../protocol/dataset-figures.ts';
import { lengthLimit, type Tokenizer } from '../tokenize/types.ts';
import { FindingList } from './findings.ts';

/** Texts and where each is in the data set. */
export interface PlacedTexts {
  readonly places: readonly number[];
  readonly texts: readonly (string | null)[];
}

/** Texts tokenized at once. */
const BATCH = 1000;
/** Different unknown words that are counted, and told. */
const WORDS_COUNTED = 50_000;
const WORDS_TOLD = 50;

export class TokenSurveyor {
  readonly #lengths = new Map<number, number>();
  readonly #thousands: number[] = [];
  readonly #words = new Map<string, { times: number; place: number }>();
  readonly #used: Uint8Array;
  readonly #typed = new FindingList();
  #rows = 0;
  #tokens = 0;
  #wordStarts = 0;
  #unknown = 0;

  private constructor(
    private readonly tokenizer: Tokenizer,
    /** How often each special token is in a row whose text types none. */
    private readonly added: ReadonlyMap<number, number>,
  ) {
    this.#used = new Uint8Array(tokenizer.size);
  }

  static async create(tokenizer: Tokenizer): Promise<TokenSurveyor> {
    const added = new Map<number, number>();
    for (const id of (await tokenizer.encode('')).ids) added.set(id, (added.get(id) ?? 0) + 1);
    return new TokenSurveyor(tokenizer, added);
  }

  async add({ places, texts }: PlacedTexts, signal?: AbortSignal): Promise<void> {
    for (let at = 0; at < texts.length; at += BATCH) {
      const there: { place: number; text: string }[] = [];
      for (const [i, text] of texts.slice(at, at + BATCH).entries()) {
        if (text !== null && text.trim() !== '') there.push({ place: places[at + i] as number, text });
      }
      await this.#addBatch(there);
      await breathe(signal);
    }
  }

  async #addBatch(rows: readonly { readonly place: number; readonly text: string }[]): Promise<void> {
    const { tokenizer } = this;
    const texts = rows.map(({ text }) => text);
    const { ids, lengths, wordStarts } = await tokenizer.encodeBatch(texts, { wordStarts: true });
    const unknown = tokenizer.unk?.id;
    let at = 0;
    for (const [i, row] of rows.entries()) {
      const length = lengths[i] as number;
      this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1);
      let hasUnknown = false;
      let specials = 0;
      for (let j = at; j < at + length; j++) {
        const id = ids[j] as number;
        this.#used[id] = 1;
        if (wordStarts?.[j]) this.#wordStarts++;
        if (id === unknown) {
          this.#unknown++;
          hasUnknown = true;
        } else if (tokenizer.allSpecialIds.has(id)) specials++;
      }
      at += length;
      if (hasUnknown) await this.#noteUnknown(row.text, row.place);
      if (specials > this.#addedTokens) this.#noteTyped(row.place, ids.subarray(at - length, at));
    }
    this.#rows += rows.length;
    this.#tokens += ids.length;
    this.#thousands.push(ids.length);
  }

  get #addedTokens(): number {
    return [...this.added.values()].reduce((sum, times) => sum + times, 0);
  }

  /** The text behind each unknown token. */
  async #noteUnknown(text: string, place: number): Promise<void> {
    const { ids, offsets } = await this.tokenizer.encode(text);
    for (const [i, id] of ids.entries()) {
      if (id !== this.tokenizer.unk?.id) continue;
      const [start, end] = offsets[i] ?? [0, 0];
      const word = text.slice(start, end).trim();
      const known = this.#words.get(word);
      if (known) known.times++;
      else if (this.#words.size < WORDS_COUNTED) this.#words.set(word, { times: 1, place });
    }
  }

  #noteTyped(place: number, ids: Int32Array): void {
    const counts = new Map<number, number>();
    for (const id of ids) {
      if (this.tokenizer.allSpecialIds.has(id) && id !== this.tokenizer.unk?.id) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    for (const [id, times] of counts) {
      if (times > (this.added.get(id) ?? 0)) {
        this.#typed.add(place, this.tokenizer.idToToken(id) ?? String(id));
        return;
      }
    }
  }

  /** `ofRows`: rows of the data set. */
  result(ofRows: number, isSample: boolean): TokenSurvey {
    const words = [...this.#words].sort(([, a], [, b]) => b.times - a.times).slice(0, WORDS_TOLD);
    return {
      rows: this.#rows,
      ofRows,
      isSample,
      lengths: [...this.#lengths].sort(([a], [b]) => a - b),
      thousands: isSample ? [] : this.#thousands,
      added: this.#addedTokens,
      limit: lengthLimit(this.tokenizer),
      tokens: this.#tokens,
      words: this.#wordStarts,
      unknown: this.#unknown,
      unknownWords: words.map(([word, { times, place }]) => ({ word: word.slice(0, 80), times, place })),
      vocabularyUsed: this.#used.reduce((sum, used) => sum + used, 0),
      vocabularySize: this.tokenizer.size,
      typedSpecial: this.#typed.all,
    };
  }
}
