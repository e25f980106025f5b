// A tensor's histogram: a spark in the table, and larger with its ends.
import { html, svg, type TemplateResult } from 'lit';
import type { Histogram } from '../../src/protocol/model.ts';
import { short } from './text.ts';

/** In a row of the table; the numbers beside it say the same. */
export function spark(histogram: Histogram | null): TemplateResult {
  if (!histogram) return html``;
  return html`<svg class="spark" viewBox="0 0 64 18" preserveAspectRatio="none" aria-hidden="true">${bars(histogram, 64, 18)}</svg>`;
}

export function largeHistogram(histogram: Histogram, name: string): TemplateResult {
  const { first, width, counts } = histogram;
  const low = first * width;
  const high = (first + counts.length) * width;
  const most = counts.reduce((top, count) => Math.max(top, count), 0);
  const peak = (first + counts.indexOf(most)) * width;
  const label = `Histogram of ${name}: ${counts.length} bins of width ${short(width)} from ${short(low)} to ${short(high)}; the fullest, from ${short(peak)}, holds ${most.toLocaleString('en-US')} numbers.`;
  const zero = low < 0 && high > 0 ? (-low / (high - low)) * 640 : null;
  return html`<figure class="histogram">
    <svg viewBox="0 0 640 140" preserveAspectRatio="none" role="img" aria-label=${label}>
      ${zero === null ? '' : svg`<line class="zero" x1=${zero} x2=${zero} y1="0" y2="140"></line>`}
      ${bars(histogram, 640, 140)}
    </svg>
    <figcaption><span>${short(low)}</span><span>${counts.length} bins of ${short(width)}</span><span>${short(high)}</span></figcaption>
  </figure>`;
}

function bars({ counts, first, width: bin }: Histogram, width: number, height: number): TemplateResult[] {
  const most = counts.reduce((top, count) => Math.max(top, count), 1);
  const step = width / counts.length;
  return counts.flatMap((count, i) => {
    if (count === 0) return [];
    // one number among millions can still be seen
    const tall = Math.max(1, (count / most) * height);
    const text = `${short((first + i) * bin)} to ${short((first + i + 1) * bin)}: ${count.toLocaleString('en-US')}`;
    return [
      svg`<rect x=${i * step} y=${height - tall} width=${Math.max(step * 0.9, 0.5)} height=${tall}><title>${text}</title></rect>` as unknown as TemplateResult,
    ];
  });
}
