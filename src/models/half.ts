// Half-precision floats to float32 and back.

/** IEEE binary16 to float32, exactly. */
export function widenFloat16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = TABLE[halves[i] as number] as number;
  return out;
}

/** bfloat16 is the upper half of a float32. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** float32 to the nearest IEEE binary16, ties to even; what is too large becomes infinite. */
export function narrowFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, narrow);
}

function narrow(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const shift = exponent - 112;
  if (shift >= 31) return sign | 0x7c00;
  // below 2^-25 everything rounds to 0; subnormal halves have no hidden bit
  if (shift < -10) return sign;
  const whole = fraction | 0x800000;
  const drop = shift <= 0 ? 14 - shift : 13;
  const kept = (shift <= 0 ? whole : fraction) >>> drop;
  const rest = (shift <= 0 ? whole : fraction) & ((1 << drop) - 1);
  const half = 1 << (drop - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  // a carry out of the fraction rightly moves into the exponent
  return sign | (((shift <= 0 ? 0 : shift << 10) + kept + up) & 0x7fff);
}

const TABLE = Float32Array.from({ length: 65536 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
