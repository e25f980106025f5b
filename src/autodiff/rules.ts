// Which rule belongs to which operator.
import * as arithmetic from './arithmetic.ts';
import * as functions from './functions.ts';
import { gather } from './gather.ts';
import { gemm, matMul } from './matmul.ts';
import { layerNormalization, logSoftmax, softmax } from './normalization.ts';
import type { Rule } from './rule.ts';
import { identity, reshape, transpose } from './shapes.ts';

export const RULES: Readonly<Record<string, Rule>> = {
  Add: arithmetic.add,
  Sub: arithmetic.sub,
  Mul: arithmetic.mul,
  Div: arithmetic.div,
  Sum: arithmetic.sum,
  Pow: arithmetic.pow,
  Where: arithmetic.where,
  Max: arithmetic.extremum,
  Min: arithmetic.extremum,
  Neg: functions.neg,
  Sqrt: functions.sqrt,
  Exp: functions.exp,
  Log: functions.log,
  Reciprocal: functions.reciprocal,
  Abs: functions.abs,
  Sin: functions.sin,
  Cos: functions.cos,
  Tanh: functions.tanh,
  Sigmoid: functions.sigmoid,
  Relu: functions.relu,
  Softplus: functions.softplus,
  Erf: functions.erf,
  Gelu: functions.gelu,
  MatMul: matMul,
  Gemm: gemm,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LayerNormalization: layerNormalization,
  Reshape: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Flatten: reshape,
  Identity: identity,
  Transpose: transpose,
  Gather: gather,
};
