// Rows that a careful reader would want to know of: empty, repeated, leaked from training, damaged.
import { breathe } from '../base/cancellation.ts';
import type { TextProblem, TextSurvey } from '../protocol/dataset-figures.ts';
import { FindingList } from './findings.ts';
import { HashSet64, hash64 } from './hash-set.ts';
import { BandIndex, bandsOf, jaccard, shinglesOf } from './min-hash.ts';
import { controlIn, mojibakeIn, unnormalisedIn } from './text-problems.ts';
import type { PlacedTexts } from './token-survey.ts';

/** Jaccard similarity of three-word sequences from which texts are near duplicates. */
export const NEAR = 0.8;
/** Rows that near duplicates are looked for in: their index takes some 150 bytes a row. */
const COMPARED = 2_000_000;
/** Texts looked at before the process turns to other questions. */
const BATCH = 200;
/** Pairs of rows that are compared at once. */
const PAIRS = 5000;

const PROBLEMS: readonly TextProblem[] = [
  'null',
  'blank',
  'duplicate',
  'nearDuplicate',
  'leak',
  'nearLeak',
  'mojibake',
  'control',
  'unnormalised',
];

/** Texts by the rows they are in. */
export type TextsAt = (places: readonly number[]) => Promise<readonly (string | null)[]>;

/** The rows that others are compared with: those of training, or the ones before. */
export class TextIndex {
  readonly exact = new HashSet64();
  readonly bands = new BandIndex();

  constructor(readonly textsAt: TextsAt) {}
}

export class TextSurveyor {
  readonly #found = Object.fromEntries(PROBLEMS.map((name) => [name, new FindingList()])) as Record<
    TextProblem,
    FindingList
  >;
  readonly #own: TextIndex;
  #rows = 0;
  #compared = 0;

  /** `textsAt`: of the rows surveyed. `training`: what nothing of these rows should be in. */
  constructor(
    textsAt: TextsAt,
    private readonly training: TextIndex | null,
  ) {
    this.#own = new TextIndex(textsAt);
  }

  /** What other splits are compared with, when these rows are the training rows. */
  get index(): TextIndex {
    return this.#own;
  }

  async add({ places, texts }: PlacedTexts, signal?: AbortSignal): Promise<void> {
    let pairs: Pair[] = [];
    for (const [i, text] of texts.entries()) {
      this.#addRow(places[i] as number, text, pairs);
      // candidates are fetched many at a time
      if (pairs.length >= PAIRS) {
        await this.#compare(pairs);
        pairs = [];
      }
      if (i % BATCH === BATCH - 1) await breathe(signal);
    }
    await this.#compare(pairs);
    await breathe(signal);
  }

  result(): TextSurvey {
    const problems = Object.fromEntries(PROBLEMS.map((name) => [name, this.#found[name].all]));
    return { rows: this.#rows, problems: problems as TextSurvey['problems'], comparedRows: this.#compared };
  }

  #addRow(place: number, text: string | null, pairs: Pair[]): void {
    this.#rows++;
    if (this.#rows <= COMPARED) this.#compared++;
    if (text === null) this.#found.null.add(place, 'null');
    else if (text.trim() === '') this.#found.blank.add(place, text === '' ? 'empty' : 'white space');
    else this.#look(place, text, pairs);
  }

  #look(place: number, text: string, pairs: Pair[]): void {
    const note = (problem: TextProblem, part: string | null) => part && this.#found[problem].add(place, part);
    note('mojibake', mojibakeIn(text));
    note('control', controlIn(text));
    note('unnormalised', unnormalisedIn(text));
    const hash = hash64(text);
    const isLeak = this.training?.exact.has(hash) ?? false;
    if (isLeak) note('leak', start(text));
    const isDuplicate = !this.#own.exact.add(hash);
    if (isDuplicate) note('duplicate', start(text));
    if (this.#compared < this.#rows) return;
    if (isDuplicate && (isLeak || !this.training)) return;
    const shingles = shinglesOf(text);
    if (shingles.size === 0) return;
    const bands = bandsOf(shingles);
    const near = (problem: 'nearDuplicate' | 'nearLeak', of: TextIndex, candidates: Set<number>) => {
      if (candidates.size > 0) pairs.push({ place, shingles, problem, of, candidates: [...candidates].slice(0, 3) });
    };
    if (this.training && !isLeak) near('nearLeak', this.training, this.training.bands.find(bands));
    if (!isDuplicate) near('nearDuplicate', this.#own, this.#own.bands.addAndFind(place, bands));
  }

  /** Candidates are compared shingle by shingle: what remains is certain. */
  async #compare(pairs: readonly Pair[]): Promise<void> {
    for (const of of new Set(pairs.map((pair) => pair.of))) {
      const mine = pairs.filter((pair) => pair.of === of);
      const places = [...new Set(mine.flatMap(({ candidates }) => candidates))];
      const texts = await of.textsAt(places);
      const byPlace = new Map(places.map((place, i) => [place, texts[i]]));
      for (const { place, shingles, problem, candidates } of mine) {
        for (const candidate of candidates) {
          const other = byPlace.get(candidate);
          if (!other) continue;
          const alike = jaccard(shingles, shinglesOf(other));
          if (alike < NEAR) continue;
          const percent = Math.floor(100 * alike);
          this.#found[problem].add(
            place,
            `${percent} % as row ${(candidate + 1).toLocaleString('en')}: ${start(other)}`,
          );
          break;
        }
      }
    }
  }
}

interface Pair {
  readonly place: number;
  readonly shingles: ReadonlySet<number>;
  readonly problem: 'nearDuplicate' | 'nearLeak';
  readonly of: TextIndex;
  readonly candidates: readonly number[];
}

const start = (text: string): string => text.trim().slice(0, 80).replace(/\s+/g, ' ');
