// Which rule belongs to which operator.
import * as arithmetic from './arithmetic.ts';
import * as functions from './functions.ts';
import * as lookups from './gather.ts';
import * as losses from './losses.ts';
import { gemm, matMul } from './matmul.ts';
import { layerNormalization, logSoftmax, softmax } from './normalization.ts';
import * as piecewise from './piecewise.ts';
import * as reductions from './reductions.ts';
import type { Rule } from './rule.ts';
import * as shapes from './shapes.ts';

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
  Softplus: functions.softplus,
  Erf: functions.erf,
  Gelu: functions.gelu,
  MatMul: matMul,
  Gemm: gemm,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  LayerNormalization: layerNormalization,
  SoftmaxCrossEntropyLoss: losses.softmaxCrossEntropy,
  NegativeLogLikelihoodLoss: losses.negativeLogLikelihood,
  Relu: piecewise.relu,
  LeakyRelu: piecewise.leakyRelu,
  Clip: piecewise.clip,
  Dropout: piecewise.dropout,
  ReduceSum: reductions.sum,
  ReduceMean: reductions.mean,
  ReduceMax: reductions.extreme,
  ReduceMin: reductions.extreme,
  ReduceLogSumExp: reductions.logSumExp,
  ReduceLogSum: reductions.logSum,
  ReduceSumSquare: reductions.sumSquare,
  ReduceL1: reductions.l1,
  ReduceL2: reductions.l2,
  Reshape: shapes.reshape,
  Squeeze: shapes.reshape,
  Unsqueeze: shapes.reshape,
  Flatten: shapes.reshape,
  Identity: shapes.identity,
  Cast: shapes.cast,
  CastLike: shapes.cast,
  Transpose: shapes.transpose,
  Expand: shapes.expand,
  Tile: shapes.tile,
  Concat: shapes.concat,
  Split: shapes.split,
  Slice: shapes.slice,
  Pad: shapes.pad,
  Trilu: shapes.trilu,
  Gather: lookups.gather,
  GatherElements: lookups.gatherElements,
  GatherND: lookups.gatherND,
};
