// Where an axis has its ticks, and how their values are written. Pure code for the chart page and the SVG.

/** Round values (1, 2 or 5 times a power of ten) within [min, max], about `count` of them. */
export function linearTicks(min: number, max: number, count: number): number[] {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [min];
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) ticks.push(clean(i * step));
  return ticks;
}

/** Ticks for a logarithmic axis over [min, max], both above 0: 1-2-5 a decade, or linear ones where less than a decade shows. */
export function logTicks(min: number, max: number, count: number): number[] {
  if (max / min < 10) return linearTicks(min, max, count).filter((tick) => tick > 0);
  const factors = Math.log10(max / min) * 3 <= count + 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const factor of factors) {
      const tick = clean(factor * 10 ** power);
      if (tick >= min && tick <= max) ticks.push(tick);
    }
  }
  return ticks;
}

/** A tick's value: as few digits as tell it from its neighbours. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential().replace('e+', 'e');
  return size >= 10_000 ? Math.round(value).toLocaleString('en-US') : String(clean(value));
}

/** Without the noise of binary fractions: 0.30000000000000004 is 0.3. */
function clean(value: number): number {
  return Number(value.toPrecision(10));
}
