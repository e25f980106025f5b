// A run in words: states, progress, durations. Pure code for the monitor, the chart and notifications.
import type { ProgressFile, RunFile, RunState } from './runs.ts';

const STATE_WORDS: Readonly<Record<RunState, string>> = {
  starting: 'Starting',
  running: 'Training',
  paused: 'Paused',
  stopped: 'Stopped and saved',
  cancelled: 'Cancelled',
  finished: 'Finished',
  failed: 'Failed',
  crashed: 'Crashed',
};

const PHASE_WORDS: Readonly<Record<ProgressFile['phase'], string>> = {
  loading: 'Loading',
  tokenizing: 'Tokenizing',
  training: 'Training',
  evaluating: 'Evaluating',
  saving: 'Saving',
  done: 'Training',
};

/** Whether a process is, or should be, at work on it. */
export function isLive(state: RunState): boolean {
  return state === 'starting' || state === 'running';
}

/** Whether its folder holds a model that can be shared. */
export function isShareable(state: RunState): boolean {
  return state === 'finished' || state === 'stopped';
}

/** Whether it can go on from where it was. */
export function canResume(state: RunState): boolean {
  return (
    state === 'paused' || state === 'stopped' || state === 'failed' || state === 'crashed' || state === 'cancelled'
  );
}

/** The state in a word or two; while it runs, what it is doing. */
export function stateText(state: RunState, progress: ProgressFile | null): string {
  if (state !== 'running' || !progress) return STATE_WORDS[state];
  const { phase, share } = progress;
  return share === undefined || phase !== 'tokenizing'
    ? PHASE_WORDS[phase]
    : `${PHASE_WORDS[phase]} ${Math.floor(100 * share)} %`;
}

/** Whole per cent of the steps, null before they are known. */
export function percentDone(progress: ProgressFile | null): number | null {
  if (!progress || progress.maxSteps <= 0) return null;
  return Math.min(100, Math.floor((100 * progress.step) / progress.maxSteps));
}

/** `epoch 1.52 of 3`. */
export function epochText({ epoch, numTrainEpochs }: ProgressFile): string {
  return `epoch ${shortNumber(epoch)} of ${shortNumber(numTrainEpochs)}`;
}

/** `step 120 of 1,200`. */
export function stepText({ step, maxSteps }: ProgressFile): string {
  return maxSteps > 0 ? `step ${count(step)} of ${count(maxSteps)}` : `step ${count(step)}`;
}

/** `1,234 tokens/s`. */
export function speedText(tokensPerSecond: number): string {
  return `${count(Math.round(tokensPerSecond))} tokens/s`;
}

/** `2 min 5 s`: two units at most, whole seconds. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A loss with four decimals. */
export function lossText(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(2) : value.toFixed(4);
}

/** When the first entry of the log history is to be expected, as a sentence. */
export function firstEntryText(args: RunFile['args'], progress: ProgressFile | null): string {
  const maxSteps = progress?.maxSteps ?? 0;
  const of = maxSteps > 0 ? ` of ${count(maxSteps)}` : '';
  const strategies = [
    [args.logging_strategy ?? 'steps', Number(args.logging_steps ?? 500)],
    [args.eval_strategy ?? 'no', Number(args.eval_steps ?? args.logging_steps ?? 500)],
  ] as const;
  if (args.logging_first_step === true) return `The first entry comes after step 1${of}.`;
  const steps = strategies
    .filter(([strategy]) => strategy === 'steps')
    .map(([, every]) => (every < 1 ? Math.ceil(every * maxSteps) : every))
    .filter((step) => step > 0);
  const first = steps.length > 0 ? Math.min(...steps) : null;
  const byEpoch = strategies.some(([strategy]) => strategy === 'epoch');
  if (first !== null && (maxSteps === 0 || first <= maxSteps)) {
    return byEpoch
      ? `The first entry comes after step ${count(first)}${of}, or after the first epoch.`
      : `The first entry comes after step ${count(first)}${of}.`;
  }
  if (byEpoch) return 'The first entry comes after the first epoch.';
  return 'This run logs its losses only when it ends: lower logging_steps to see them sooner.';
}

function shortNumber(value: number): string {
  return String(Number(value.toFixed(2)));
}
