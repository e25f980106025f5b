// What is due when: logging, evaluating and saving by steps and by epochs, as DefaultFlowCallback decides it.
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { Action } from './checkpoint.ts';
import type { Plan } from './plan.ts';

/** After optimizer step `step`. The last step evaluates and saves too; where training ends, an epoch ends. */
export function afterStep(args: TrainingArguments, plan: Plan, step: number, epochIsOver: boolean): Action[] {
  const last = step >= plan.maxSteps;
  const isDue = (strategy: string, steps: number) => strategy === 'steps' && (step % steps === 0 || last);
  const logs = args.logging_strategy === 'steps' && step % plan.loggingSteps === 0;
  const actions: Action[] = [];
  if (logs || (step === 1 && args.logging_first_step)) actions.push('log');
  if (isDue(args.eval_strategy, plan.evalSteps)) actions.push('evaluate');
  if (isDue(args.save_strategy, plan.saveSteps)) actions.push('save');
  if (epochIsOver || last) actions.push('epoch end');
  return actions;
}

export function atEpochEnd(args: TrainingArguments): Action[] {
  const actions: Action[] = [];
  if (args.logging_strategy === 'epoch') actions.push('log');
  if (args.eval_strategy === 'epoch') actions.push('evaluate');
  if (args.save_strategy === 'epoch') actions.push('save');
  return actions;
}
