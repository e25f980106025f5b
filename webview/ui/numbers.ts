// Numbers in few characters.

/** A part in per cent. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 0.1
    ? '<0.1 %'
    : `${percent.toLocaleString(undefined, { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}

/** 1,234,567 as 1.2M. */
export const compact = (value: number): string =>
  value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
