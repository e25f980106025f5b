// The tokenizer counts code points; VS Code and JavaScript count UTF-16 code units.

/** For each code point of `text`, and its end, the code unit it starts at; null where the two counts are the same. */
export function codeUnitStarts(text: string): Int32Array | null {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return null;
  const starts: number[] = [];
  let unit = 0;
  for (const point of text) {
    starts.push(unit);
    unit += point.length;
  }
  starts.push(unit);
  return Int32Array.from(starts);
}

/** Turns [start, end) in code points into code units. */
export function toCodeUnits(starts: Int32Array | null, offsets: readonly (readonly number[])[]): [number, number][] {
  return offsets.map(([start = 0, end = 0]) =>
    starts === null ? [start, end] : [starts[start] ?? start, starts[end] ?? end],
  );
}
