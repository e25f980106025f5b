// Token counts of many texts: how long rows are, and what truncation and unknown tokens cost.
import { percentile, truncation } from '../protocol/length-figures.ts';
import type { Tokenizer } from '../tokenize/types.ts';

export interface TokenFigures {
  /** Special tokens included, before truncation. */
  readonly total: number;
  /** Of a row; null where there is no row. */
  readonly mean: number | null;
  /** Percentiles, interpolated linearly as NumPy's. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** Rows longer than max_seq_length, and the tokens beyond it. */
  readonly truncated_rows: number;
  readonly tokens_lost: number;
  readonly unknown_tokens: number;
  /** Of all tokens; null where there is none. */
  readonly unknown_rate: number | null;
}

export class TokenTally {
  /** Rows by their length. */
  readonly #lengths = new Map<number, number>();
  #rows = 0;
  #total = 0;
  #unknown = 0;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly maxSeqLength: number,
  ) {}

  async add(texts: readonly string[]): Promise<void> {
    const { ids, lengths } = await this.tokenizer.encodeBatch(texts);
    for (const length of lengths) this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1);
    this.#rows += lengths.length;
    this.#total += ids.length;
    const unknown = this.tokenizer.unk?.id;
    if (unknown !== undefined) for (const id of ids) if (id === unknown) this.#unknown++;
  }

  get figures(): TokenFigures {
    const byLength = [...this.#lengths].sort(([a], [b]) => a - b);
    const { truncatedRows, tokensLost } = truncation(byLength, this.maxSeqLength);
    return {
      total: this.#total,
      mean: this.#rows > 0 ? this.#total / this.#rows : null,
      p50: percentile(byLength, 0.5),
      p90: percentile(byLength, 0.9),
      p99: percentile(byLength, 0.99),
      max: byLength.at(-1)?.[0] ?? null,
      truncated_rows: truncatedRows,
      tokens_lost: tokensLost,
      unknown_tokens: this.#unknown,
      unknown_rate: this.#total > 0 ? this.#unknown / this.#total : null,
    };
  }
}
