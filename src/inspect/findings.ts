// Rows of one kind, counted, the first of them kept.
import type { Finding, Findings } from '../protocol/dataset-figures.ts';

const KEPT = 100;

export class FindingList {
  #rows = 0;
  readonly #first: Finding[] = [];

  add(place: number, part: string): void {
    this.#rows++;
    if (this.#first.length < KEPT) this.#first.push({ place, part });
  }

  get all(): Findings {
    return { rows: this.#rows, first: this.#first };
  }
}
