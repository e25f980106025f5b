// Checks the collator's arguments as they are typed or read from settings; the messages are shown as they stand.
import { DEFAULT_MASKING, type MaskingOptions, RANDOM_STREAMS, type RandomStream } from './masking.ts';

/** The names that Hugging Face gives them, which settings and pages show. */
export const MASKING_NAMES = {
  mlmProbability: 'mlm_probability',
  maskReplaceProb: 'mask_replace_prob',
  randomReplaceProb: 'random_replace_prob',
  wholeWordMask: 'whole_word_mask',
  seed: 'seed',
  stream: 'stream',
} as const satisfies Record<keyof MaskingOptions, string>;

/** The largest seed that both torch and NumPy take. */
export const MAX_SEED = 2 ** 32 - 1;

export type MaskingProblems = { readonly [K in keyof MaskingOptions]?: string };

/** What is wrong with `options`, by argument; empty when nothing is. */
export function maskingProblems(options: MaskingOptions): MaskingProblems {
  const problems: { -readonly [K in keyof MaskingOptions]?: string } = {};
  for (const key of ['mlmProbability', 'maskReplaceProb', 'randomReplaceProb'] as const) {
    if (!(options[key] >= 0 && options[key] <= 1)) problems[key] = 'A number from 0 to 1.';
  }
  const sum = options.maskReplaceProb + options.randomReplaceProb;
  if (!problems.maskReplaceProb && !problems.randomReplaceProb && sum > 1) {
    problems.randomReplaceProb = `With mask_replace_prob it makes ${Number(sum.toFixed(6))}; together at most 1.`;
  }
  if (!Number.isInteger(options.seed) || options.seed < 0 || options.seed > MAX_SEED) {
    problems.seed = `A whole number from 0 to ${MAX_SEED}.`;
  }
  if (!RANDOM_STREAMS.includes(options.stream)) problems.stream = `One of ${RANDOM_STREAMS.join(', ')}.`;
  return problems;
}

/** Options from a source that may hold anything (settings, saved state): what cannot be used falls back to `fallback`. */
export function readMaskingOptions(
  raw: Readonly<Record<string, unknown>>,
  fallback: MaskingOptions = DEFAULT_MASKING,
): MaskingOptions {
  const number = (value: unknown, or: number) => (typeof value === 'number' ? value : or);
  const read: MaskingOptions = {
    mlmProbability: number(raw.mlmProbability, fallback.mlmProbability),
    maskReplaceProb: number(raw.maskReplaceProb, fallback.maskReplaceProb),
    randomReplaceProb: number(raw.randomReplaceProb, fallback.randomReplaceProb),
    wholeWordMask: typeof raw.wholeWordMask === 'boolean' ? raw.wholeWordMask : fallback.wholeWordMask,
    seed: number(raw.seed, fallback.seed),
    stream: (raw.stream as RandomStream | undefined) ?? fallback.stream,
  };
  const problems = maskingProblems(read);
  const usable = Object.fromEntries(Object.entries(read).filter(([key]) => !(key in problems)));
  const result = { ...fallback, ...usable };
  return Object.keys(maskingProblems(result)).length === 0 ? result : fallback;
}
