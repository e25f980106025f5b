// ModelProto's messages as protobufjs hands them over: lists are always there, 64-bit integers have toString.

type Int64 = number | { toString(): string };

export interface Model {
  readonly graph: Graph | null;
  readonly opsetImport: readonly { readonly domain: string; readonly version: Int64 }[];
  readonly functions: readonly { readonly name: string }[];
}

export interface Graph {
  readonly name: string;
  readonly node: readonly Node[];
  readonly initializer: readonly Tensor[];
  readonly input: readonly Value[];
  readonly output: readonly Value[];
  readonly valueInfo: readonly Value[];
}

export interface Node {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly Attribute[];
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly f: number;
  readonly i: Int64;
  readonly s: Uint8Array;
  readonly t: Tensor | null;
  readonly g: Graph | null;
  readonly floats: readonly number[];
  readonly ints: readonly Int64[];
  readonly strings: readonly Uint8Array[];
}

export interface Tensor {
  readonly name: string;
  readonly dims: readonly Int64[];
  readonly dataType: number;
  readonly dataLocation: number;
  readonly rawData: Uint8Array;
  readonly floatData: readonly number[];
  readonly doubleData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly Int64[];
  readonly uint64Data: readonly Int64[];
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
}

export interface Value {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly Dimension[] } | null;
    } | null;
  } | null;
}

export interface Dimension {
  readonly dimValue?: Int64;
  readonly dimParam?: string;
}
