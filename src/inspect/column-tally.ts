// A column's figures, value by value.
import { EXACT_DISTINCT } from '../data/table-summary.ts';
import type { ColumnSummary } from '../data/types.ts';
import { DistinctEstimate, HashSet64, hash64 } from './hash-set.ts';

type Kind = 'string' | 'int64' | 'float64' | 'bool' | 'list' | 'struct' | 'mixed';

export class ColumnTally {
  #values = 0;
  #kind: Kind | null = null;
  #min: string | number | boolean | null = null;
  #max: string | number | boolean | null = null;
  #exact: HashSet64 | null = new HashSet64();
  readonly #estimate = new DistinctEstimate();

  /** A value as JSON has it; null and undefined are no values. */
  add(value: unknown): void {
    if (value === null || value === undefined) return;
    this.#values++;
    const kind = kindOf(value);
    this.#kind = this.#kind === null ? kind : joined(this.#kind, kind);
    const hash = hash64(typeof value === 'string' ? value : `\0${JSON.stringify(value)}`);
    this.#estimate.add(hash);
    this.#exact?.add(hash);
    if (this.#exact && this.#exact.size > EXACT_DISTINCT) this.#exact = null;
    if (typeof value === 'object') return;
    const ordered = value as string | number | boolean;
    if (this.#min === null || before(ordered, this.#min)) this.#min = ordered;
    if (this.#max === null || before(this.#max, ordered)) this.#max = ordered;
  }

  /** `rows`: of the whole data set; those without a value are nulls. */
  summary(name: string, rows: number): ColumnSummary {
    const ordered = this.#kind !== 'mixed' && this.#kind !== 'list' && this.#kind !== 'struct';
    return {
      name,
      type: this.#kind ?? 'null',
      nulls: rows - this.#values,
      distinct: this.#exact && rows <= EXACT_DISTINCT ? this.#exact.size : this.#estimate.count,
      min: ordered ? this.#min : null,
      max: ordered ? this.#max : null,
    };
  }
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return Array.isArray(value) ? 'list' : 'struct';
}

function joined(a: Kind, b: Kind): Kind {
  if (a === b) return a;
  const isNumber = (kind: Kind) => kind === 'int64' || kind === 'float64';
  return isNumber(a) && isNumber(b) ? 'float64' : 'mixed';
}

/** Texts by code points, as Python and DuckDB order them; UTF-16 units differ from these above U+FFFF. */
function before(a: string | number | boolean, b: string | number | boolean): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a < b;
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}
