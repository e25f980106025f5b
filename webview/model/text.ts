// Numbers and names as the page writes them.

/** Four digits that count. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  return String(Number(value.toPrecision(4)));
}

/** 109.5 M */
export function countText(count: number): string {
  for (const [unit, size] of [
    ['B', 1e9],
    ['M', 1e6],
    ['K', 1e3],
  ] as const) {
    if (count >= size) return `${(count / size).toPrecision(3)} ${unit}`;
  }
  return String(count);
}

export const shareText = (share: number): string =>
  `${share > 0 && share < 0.001 ? '< 0.1' : (100 * share).toFixed(share >= 0.1 ? 0 : 1)} %`;

export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'scalar' : shape.map((size) => size.toLocaleString('en-US')).join(' × ');

export const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
