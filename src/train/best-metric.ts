// Which evaluation was the best, and when to stop waiting for a better one.
import { ClozeError } from '../base/errors.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { TrainerState } from './trainer-state.ts';

export type Metrics = Readonly<Record<string, number>>;

/** metric_for_best_model with "eval_" before it; null when no metric is compared. */
export function comparedMetric(args: TrainingArguments): string | null {
  const needed = args.load_best_model_at_end || args.save_strategy === 'best' || args.early_stopping_patience !== null;
  const name = args.metric_for_best_model ?? (needed ? 'loss' : null);
  if (name === null) return null;
  return name.startsWith('eval_') ? name : `eval_${name}`;
}

/**
 * As Trainer._determine_best_metric and EarlyStoppingCallback: notes a better metric in `state` and counts evaluations
 * without one in `patience`. Returns whether this one is the best so far, and whether patience has run out.
 */
export function judge(
  args: TrainingArguments,
  state: TrainerState,
  metrics: Metrics,
  patience: { counter: number },
): { isBest: boolean; giveUp: boolean } {
  const name = comparedMetric(args);
  if (name === null) return { isBest: false, giveUp: false };
  const value = metrics[name];
  if (value === undefined) {
    const known = Object.keys(metrics).join(', ');
    throw new ClozeError('bad-argument', `metric_for_best_model: there is no metric ${name}.`, `There are ${known}.`);
  }
  const greater = args.greater_is_better ?? !/(loss|perplexity)$/.test(name);
  const better = (best: number) => (greater ? value > best : value < best);
  const { best_metric: best } = state;
  const enough = best === null || (better(best) && Math.abs(value - best) > args.early_stopping_threshold);
  patience.counter = enough ? 0 : patience.counter + 1;
  const isBest = best === null || better(best);
  if (isBest) {
    state.best_metric = value;
    if (args.save_strategy !== 'no') state.best_global_step = state.global_step;
  }
  const limit = args.early_stopping_patience;
  return { isBest, giveUp: limit !== null && patience.counter >= limit };
}
