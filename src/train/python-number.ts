// Numbers as Python prints them: model cards are compared with Trainer's.

/** repr() of a float: `5e-05`, `1.0`, `0.1`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) {
    const text = exponent >= 0 ? String(value) : value.toFixed(digits.replace(/^-?\d\.?/, '').length - exponent);
    return text.includes('.') ? text : `${text}.0`;
  }
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** A float as a model card shows it: four decimals where there are more. Source: transformers, `_maybe_round`. */
export function roundedFloat(value: number): string {
  const text = pythonFloat(value);
  const decimals = text.split('.')[1]?.length ?? 0;
  return decimals > 4 ? fourDecimals(value) : text;
}

/** Exact ties, which only 32nds have, go to the even digit in Python and away from zero in toFixed. */
function fourDecimals(value: number): string {
  const exact = value.toFixed(5);
  const isTie = Number.isInteger(value * 32) && exact.endsWith('5');
  return isTie && Number(exact.at(-2)) % 2 === 0 ? exact.slice(0, -1) : value.toFixed(4);
}
