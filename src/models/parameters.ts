// The parameters of the usual layers, as PyTorch shapes and names them.
import type { NormalStart, ParameterSpec } from './parameter-spec.ts';

export function linear(
  prefix: string,
  inputs: number,
  outputs: number,
  hasBias = true,
  start: NormalStart = {},
): ParameterSpec[] {
  const weight: ParameterSpec = {
    name: `${prefix}.weight`,
    shape: [outputs, inputs],
    decay: true,
    start: 'normal',
    ...start,
  };
  return hasBias ? [weight, { name: `${prefix}.bias`, shape: [outputs], decay: false, start: 'zeros' }] : [weight];
}

export function norm(prefix: string, size: number, hasBias = true): ParameterSpec[] {
  const weight: ParameterSpec = { name: `${prefix}.weight`, shape: [size], decay: false, start: 'ones' };
  return hasBias ? [weight, { name: `${prefix}.bias`, shape: [size], decay: false, start: 'zeros' }] : [weight];
}

export const embedding = (name: string, rows: number, width: number, paddingIndex?: number): ParameterSpec => ({
  name,
  shape: [rows, width],
  decay: true,
  start: 'normal',
  paddingIndex,
});
