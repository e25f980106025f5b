// How the learning rate changes over the steps, as transformers' get_scheduler computes it.
import { ClozeError } from '../base/errors.ts';
import type { Scheduler } from '../protocol/resolve-arguments.ts';

export interface ScheduleOptions {
  readonly type: Scheduler;
  /** W. */
  readonly warmupSteps: number;
  /** N. */
  readonly totalSteps: number;
  /** Peak learning rate; polynomial's end is relative to it. */
  readonly learningRate: number;
  /** lr_scheduler_kwargs. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** The factor on the peak rate at step s, counted from 0. */
export type Schedule = (step: number) => number;

export function schedule(options: ScheduleOptions): Schedule {
  const { warmupSteps: W, totalSteps: N, type } = options;
  const kwarg = (name: string, fallback: number) => numberOf(options.kwargs, name, fallback);
  const warm =
    (after: Schedule): Schedule =>
    (s) =>
      s < W ? s / Math.max(1, W) : after(s);
  const progress = (s: number) => (s - W) / Math.max(1, N - W);
  switch (type) {
    case 'constant':
      return () => 1;
    case 'constant_with_warmup':
      return (s) => (s < W ? s / Math.max(1, W) : 1);
    case 'linear':
      return warm((s) => Math.max(0, (N - s) / Math.max(1, N - W)));
    case 'cosine': {
      const cycles = kwarg('num_cycles', 0.5);
      return warm((s) => Math.max(0, 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress(s)))));
    }
    case 'cosine_with_restarts': {
      const cycles = kwarg('num_cycles', 1);
      return warm((s) =>
        progress(s) >= 1 ? 0 : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * ((cycles * progress(s)) % 1)))),
      );
    }
    case 'polynomial': {
      const end = kwarg('lr_end', 1e-7);
      const power = kwarg('power', 1);
      const peak = options.learningRate;
      if (!(peak > end)) {
        throw new ClozeError('bad-argument', `lr_end (${end}) must be smaller than learning_rate (${peak}).`);
      }
      return warm((s) => (s > N ? end : (peak - end) * (1 - progress(s)) ** power + end) / peak);
    }
    case 'inverse_sqrt': {
      const timescale = kwarg('timescale', W || 10_000);
      return warm((s) => 1 / Math.sqrt((s + timescale - W) / timescale));
    }
  }
}

function numberOf(kwargs: Readonly<Record<string, unknown>> | undefined, name: string, fallback: number): number {
  const value = kwargs?.[name] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ClozeError('bad-argument', `lr_scheduler_kwargs: ${name} must be a number, not ${JSON.stringify(value)}.`);
}
