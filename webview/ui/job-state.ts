// How a background job stands, in a line: progress with Stop, stopped with Go On, failed with a way out.
import { html, nothing, type TemplateResult } from 'lit';
import { button, progressRing } from './controls.ts';
import type { FiguresJob } from './figures-job.ts';
import { share } from './numbers.ts';
import { notice } from './states.ts';

export function jobState(
  job: Pick<FiguresJob<never>, 'error' | 'stopped' | 'progress' | 'again' | 'stop'>,
): TemplateResult | typeof nothing {
  if (job.error) {
    const { message, wayOut } = job.error;
    return html`<div class="job">
      ${notice('error', wayOut ? `${message} ${wayOut}` : message)}
      ${button({ label: 'Try Again', icon: 'refresh', onClick: () => job.again() })}
    </div>`;
  }
  if (job.stopped) {
    return html`<div class="job" role="status">Stopped. ${button({ label: 'Start Again', icon: 'refresh', onClick: () => job.again() })}</div>`;
  }
  if (!job.progress) return nothing;
  const { doing, share: done } = job.progress;
  return html`<div class="job late" role="status">
    ${progressRing(doing)} ${doing}${done === null ? '' : ` ${share(done, 1)}`}
    ${button({ label: 'Stop', onClick: () => job.stop() })}
  </div>`;
}
