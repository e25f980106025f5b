// NumPy's binomial by inversion, shared by its old and its new generator.

/**
 * One draw of binomial(1, p) by inversion, as NumPy computes it (for n·p at most 30): walk up the distribution function
 * until it passes a uniform number. For p above one half it draws the complement. `uniform` gives a double in [0, 1).
 */
export function binomialOne(p: number, uniform: () => number): number {
  return p <= 0.5 ? inversion(p, uniform) : 1 - inversion(1 - p, uniform);
}

function inversion(p: number, uniform: () => number): number {
  const q = 1 - p;
  const atZero = Math.exp(Math.log(q));
  let count = 0;
  let probability = atZero;
  let left = uniform();
  while (left > probability) {
    count++;
    if (count > 1) {
      count = 0;
      probability = atZero;
      left = uniform();
    } else {
      left -= probability;
      probability = (p * probability) / q;
    }
  }
  return count;
}
