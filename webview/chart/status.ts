// The head of the chart page: how the run stands, and what can be asked of it.
import { html, nothing, type TemplateResult } from 'lit';
import type { ChartAction, ChartPageState, ChartRun } from '../../src/protocol/chart-page.ts';
import {
  canResume,
  durationText,
  epochText,
  isLive,
  percentDone,
  speedText,
  stateText,
  stepText,
} from '../../src/protocol/run-text.ts';
import { iconButton } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';

export function chartHeader(state: ChartPageState, act: (action: ChartAction) => void): TemplateResult {
  const { run, title, source } = state;
  return html`<header>
    <div class="title-bar">
      <h1 title=${source.path}>${title}</h1>
      ${run ? html`<span class="status">${statusText(run)}</span>` : nothing}
      <span class="spring"></span>
      ${run ? actions(run, act) : nothing}
    </div>
    ${run && isLive(run.state) ? progressBar(run) : nothing}
    ${run?.message && run.state !== 'finished' ? notice(run.state === 'failed' ? 'error' : 'info', run.message) : nothing}
    ${
      run?.state === 'crashed'
        ? notice(
            'warning',
            'Its process is gone. The log says what it did last; resuming goes on from the last checkpoint.',
          )
        : nothing
    }
  </header>`;
}

function actions({ state }: ChartRun, act: (action: ChartAction) => void): TemplateResult {
  const live = isLive(state);
  return html`<span class="actions" role="group" aria-label="Run">
    ${live ? iconButton({ label: 'Pause', icon: 'debug-pause', onClick: () => act('pause') }) : nothing}
    ${live ? iconButton({ label: 'Stop and save', icon: 'debug-stop', onClick: () => act('stop') }) : nothing}
    ${canResume(state) ? iconButton({ label: 'Resume', icon: 'debug-continue', onClick: () => act('resume') }) : nothing}
    ${iconButton({ label: 'Open log', icon: 'output', onClick: () => act('openLog') })}
    ${iconButton({ label: 'Open run folder', icon: 'folder-opened', onClick: () => act('openFolder') })}
  </span>`;
}

function progressBar({ progress }: ChartRun): TemplateResult {
  const percent = percentDone(progress);
  return html`<div
    class="progress ${percent === null ? 'unknown' : ''}"
    role="progressbar"
    aria-label="Training progress"
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent ?? nothing}
  >
    <div class="done" .style=${`width: ${percent ?? 0}%`}></div>
  </div>`;
}

/** State, place and speed in a line. */
function statusText({ state, progress }: ChartRun): string {
  const live = isLive(state);
  const parts = [stateText(state, progress)];
  if (progress && progress.maxSteps > 0) {
    const percent = percentDone(progress);
    if (live && percent !== null) parts.push(`${percent} %`);
    parts.push(epochText(progress), stepText(progress));
    if (live && progress.tokensPerSecond) parts.push(speedText(progress.tokensPerSecond));
    if (live && progress.secondsLeft !== null) parts.push(`${durationText(progress.secondsLeft)} left`);
  }
  return parts.join(' · ');
}
