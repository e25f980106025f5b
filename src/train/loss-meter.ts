// The training loss between two log entries, and over the whole run.

/** What a checkpoint keeps of it. */
export interface LossMeterState {
  /** Sum of the losses since the last log, and how many steps it counts. */
  readonly lossSum: number;
  readonly lossSteps: number;
  /** Over the whole run, for train_loss. */
  readonly totalLoss: number;
  readonly totalLossSteps: number;
}

/** Steps without a loss (nothing masked, or not finite) are not counted, so they do not bend the mean. */
export class LossMeter {
  #state: LossMeterState = { lossSum: 0, lossSteps: 0, totalLoss: 0, totalLossSteps: 0 };

  add(loss: number): void {
    const { lossSum, lossSteps } = this.#state;
    this.#state = { ...this.#state, lossSum: lossSum + loss, lossSteps: lossSteps + 1 };
  }

  /** The mean since the last call; null when no step counted. */
  take(): number | null {
    const { lossSum, lossSteps, totalLoss, totalLossSteps } = this.#state;
    this.#state = {
      lossSum: 0,
      lossSteps: 0,
      totalLoss: totalLoss + lossSum,
      totalLossSteps: totalLossSteps + lossSteps,
    };
    return lossSteps > 0 ? lossSum / lossSteps : null;
  }

  /** The mean over the whole run. */
  mean(): number {
    const { lossSum, lossSteps, totalLoss, totalLossSteps } = this.#state;
    return (totalLoss + lossSum) / Math.max(totalLossSteps + lossSteps, 1);
  }

  get state(): LossMeterState {
    return this.#state;
  }

  set state({ lossSum, lossSteps, totalLoss, totalLossSteps }: LossMeterState) {
    this.#state = { lossSum, lossSteps, totalLoss, totalLossSteps };
  }
}
