// The graph as the rest of the program sees it: ONNX's own words, in plain typed data.

export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string';

/** A size, the name of a size that is known when the graph runs, or null where nothing is known. */
export type Dim = number | string | null;
export type Shape = readonly Dim[];

/** What is known of a value before the graph runs; an absent shape means that not even the rank is known. */
export interface ValueType {
  readonly dtype?: DataType | undefined;
  readonly shape?: Shape | undefined;
}

export interface ValueInfo extends ValueType {
  readonly name: string;
}

/** A constant. `bytes` are little-endian, row-major, as ONNX's raw_data. */
export interface ConstantTensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: ConstantTensor }
  | { readonly type: 'graph'; readonly value: Graph }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] };

export interface GraphNode {
  readonly name: string;
  readonly opType: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** An empty name stands for an optional input that is not given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Graph {
  readonly name: string;
  /** Version of each operator set in use; the key '' is ONNX's own. Empty for a subgraph. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, ConstantTensor>;
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[];
  /** What the file says of values between inputs and outputs. */
  readonly valueTypes: ReadonlyMap<string, ValueType>;
}
