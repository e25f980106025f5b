// ONNX's numbers for element types and attribute types (onnx.proto).
import { ClozeError } from '../base/errors.ts';
import type { Attribute, DataType } from './graph.ts';

const CODES: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

const NAMES = new Map(Object.entries(CODES).map(([name, code]) => [code, name as DataType]));

export const dataTypeCode = (dtype: DataType): number => CODES[dtype];

export function dataTypeOf(code: number, where: string): DataType {
  const dtype = NAMES.get(code);
  if (!dtype) throw new ClozeError('unsupported', `${where} has ONNX element type ${code}, which Cloze does not read.`);
  return dtype;
}

export const ATTRIBUTE_CODES: Readonly<Record<Attribute['type'], number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
};
