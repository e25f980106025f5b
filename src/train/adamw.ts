// AdamW on the model's own arrays. Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019), in
// torch's order of operations.
import type { Parameter } from '../models/types.ts';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export class AdamW {
  /** First moments by parameter, as torch's exp_avg. */
  readonly expAvg: ReadonlyMap<string, Float32Array>;
  /** Second moments, as torch's exp_avg_sq. */
  readonly expAvgSq: ReadonlyMap<string, Float32Array>;
  /** Updates made. */
  step = 0;
  readonly #parameters: readonly Parameter[];
  readonly #options: AdamWOptions;

  constructor(parameters: readonly Parameter[], options: AdamWOptions) {
    this.#parameters = parameters;
    this.#options = options;
    this.expAvg = new Map(parameters.map(({ name, data }) => [name, new Float32Array(data.length)]));
    this.expAvgSq = new Map(parameters.map(({ name, data }) => [name, new Float32Array(data.length)]));
  }

  /** One update with the gradients scaled by `gradScale` (clipping). Decay only where the parameter says so. */
  update(learningRate: number, gradScale: number): void {
    this.step++;
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const stepSize = learningRate / (1 - beta1 ** this.step);
    const rootCorrection = Math.sqrt(1 - beta2 ** this.step);
    for (const { name, data, grad, decay } of this.#parameters) {
      const m = this.expAvg.get(name) as Float32Array;
      const v = this.expAvgSq.get(name) as Float32Array;
      const keep = decay ? 1 - learningRate * weightDecay : 1;
      updateArray(data, grad, m, v, { gradScale, beta1, beta2, epsilon, keep, stepSize, rootCorrection });
    }
  }
}

interface Coefficients {
  readonly gradScale: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly keep: number;
  readonly stepSize: number;
  readonly rootCorrection: number;
}

function updateArray(data: Float32Array, grad: Float32Array, m: Float32Array, v: Float32Array, c: Coefficients): void {
  const { gradScale, beta1, beta2, epsilon, keep, stepSize, rootCorrection } = c;
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  const scale = 1 / rootCorrection;
  for (let i = 0; i < data.length; i++) {
    const g = (grad[i] as number) * gradScale;
    const mi = beta1 * (m[i] as number) + rest1 * g;
    const vi = beta2 * (v[i] as number) + rest2 * g * g;
    m[i] = mi;
    v[i] = vi;
    data[i] = (data[i] as number) * keep - (stepSize * mi) / (Math.sqrt(vi) * scale + epsilon);
  }
}

/** L2 norm over all gradients, in float64. */
export function gradientNorm(parameters: readonly Parameter[]): number {
  let sum = 0;
  for (const { grad } of parameters) {
    // four sums at once keep the processor's pipeline full
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    const whole = grad.length - (grad.length % 4);
    for (let i = 0; i < whole; i += 4) {
      const g0 = grad[i] as number;
      const g1 = grad[i + 1] as number;
      const g2 = grad[i + 2] as number;
      const g3 = grad[i + 3] as number;
      a += g0 * g0;
      b += g1 * g1;
      c += g2 * g2;
      d += g3 * g3;
    }
    for (let i = whole; i < grad.length; i++) a += (grad[i] as number) ** 2;
    sum += a + b + c + d;
  }
  return Math.sqrt(sum);
}

/** The factor that torch's clip_grad_norm_ puts on the gradients; `maxNorm` 0 turns clipping off. */
export function clipFactor(norm: number, maxNorm: number): number {
  return maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
}
