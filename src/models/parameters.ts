// The parameters of the usual layers, as PyTorch shapes and names them.
import type { ParameterSpec } from './parameter-spec.ts';

export const linear = (prefix: string, inputs: number, outputs: number): ParameterSpec[] => [
  { name: `${prefix}.weight`, shape: [outputs, inputs], decay: true, start: 'normal' },
  { name: `${prefix}.bias`, shape: [outputs], decay: false, start: 'zeros' },
];

export const norm = (prefix: string, size: number): ParameterSpec[] => [
  { name: `${prefix}.weight`, shape: [size], decay: false, start: 'ones' },
  { name: `${prefix}.bias`, shape: [size], decay: false, start: 'zeros' },
];

export const embedding = (name: string, rows: number, width: number, paddingIndex?: number): ParameterSpec => ({
  name,
  shape: [rows, width],
  decay: true,
  start: 'normal',
  paddingIndex,
});
