// A sentence as the model reads it: what it predicts at masks, the loss of every token, what each head looks at.
import { html, nothing, type TemplateResult } from 'lit';
import type { Prediction } from '../../src/protocol/masking.ts';
import type { Attentions, Sentence, TextLosses } from '../../src/protocol/model.ts';
import type { ModelPageState } from '../../src/protocol/model-page.ts';
import { isCancelledError, toWireError, type WireError } from '../../src/protocol/rpc.ts';
import { button, progressRing, textField } from '../ui/controls.ts';
import { notice } from '../ui/states.ts';
import { AttentionView } from './attention-view.ts';
import type { ModelHost } from './host.ts';
import { shareText } from './text.ts';

const TOP = 8;

type Work = 'reading' | 'predicting' | 'losses' | 'attention';
const DOING: Readonly<Record<Work, string>> = {
  reading: 'Reading the sentence',
  predicting: 'Predicting',
  losses: 'Masking every token in turn',
  attention: 'Computing attention',
};

export class PredictTab {
  readonly #host: ModelHost;
  readonly #redraw: () => void;
  readonly #attentionView: AttentionView;
  /** Null until the mask token is known, for the first sentence. */
  #text: string | null;
  #asked = false;
  /** The text that `sentence` was made of. */
  #read: string | null = null;
  #sentence: Sentence | null = null;
  /** Positions that are masked: typed masks, and tokens that were clicked. */
  #masked: ReadonlySet<number> = new Set();
  #predictions: readonly Prediction[] = [];
  #losses: TextLosses | null = null;
  #attention: Attentions | null = null;
  #error: WireError | null = null;
  #working: { readonly work: Work; readonly controller: AbortController } | null = null;

  constructor(host: ModelHost, sentence: string | null, redraw: () => void) {
    this.#host = host;
    this.#redraw = redraw;
    this.#text = sentence;
    this.#attentionView = new AttentionView(redraw);
  }

  get sentence(): string | null {
    return this.#text;
  }

  /** The model was read anew. */
  forget(): void {
    this.#working?.controller.abort();
    this.#working = null;
    this.#read = null;
    this.#sentence = null;
    this.#predictions = [];
    this.#losses = null;
    this.#attention = null;
    this.#error = null;
  }

  render({ outline }: ModelPageState): TemplateResult {
    if (outline && !outline.usable) {
      return html`<div class="padded">${notice('warning', 'This model cannot predict here; the checks above say why.')}</div>`;
    }
    if (this.#text === null && !this.#asked) void this.#begin();
    const busy = this.#working?.work ?? null;
    return html`<div class="predict">
      <form
        class="sentence"
        @submit=${(event: Event) => event.preventDefault()}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void this.#predictText();
        }}
      >
        ${textField({
          id: 'sentence',
          label: 'Sentence',
          value: this.#text ?? '',
          size: 70,
          help: 'Write the mask token where a word is to be guessed, or click a token below to mask it',
          onInput: (value) => {
            this.#text = value;
          },
        })}
        ${button({ label: 'Predict', kind: 'primary', onClick: () => void this.#predictText() })}
        ${button({ label: 'Loss of Every Token', title: 'Masks every token in turn: its loss and rank, and the pseudo-perplexity of the sentence', onClick: () => void this.#lossOfAll() })}
        ${button({ label: 'Attention', title: 'Which tokens each head of each layer reads from', onClick: () => void this.#attend() })}
      </form>
      ${
        busy
          ? html`<p class="late" role="status">${progressRing(DOING[busy])} ${DOING[busy]}… ${button({ label: 'Stop', onClick: () => this.#working?.controller.abort() })}</p>`
          : nothing
      }
      ${this.#error ? notice('error', `${this.#error.message} ${this.#error.wayOut ?? ''}`) : nothing}
      ${this.#sentence ? this.#tokens(this.#sentence) : html`<p class="muted">Write a sentence and press Predict.</p>`}
      <div class="guesses">${this.#predictions.map((prediction) => this.#guess(prediction))}</div>
      ${this.#losses ? lossTable(this.#losses) : nothing}
      ${this.#attention ? this.#attentionView.render(this.#attention) : nothing}
    </div>`;
  }

  #tokens({ tokens, maskToken }: Sentence): TemplateResult {
    const losses = new Map(this.#losses?.tokens.map((one) => [one.position, one.loss]));
    return html`<div class="tokens" role="group" aria-label="Tokens; press one to mask it">
      ${tokens.map(({ token, special }, position) => {
        const masked = this.#masked.has(position);
        if (special && !masked) return html`<span class="token special mono">${token}</span>`;
        const loss = losses.get(position);
        const title = `${token}, position ${position}${loss === undefined ? '' : `, loss ${loss.toFixed(3)}`}`;
        return html`<button
          type="button"
          class="token mono ${masked ? 'masked' : ''}"
          aria-pressed=${String(masked)}
          title=${title}
          @click=${() => void this.#toggle(position)}
          >${masked ? maskToken : token}${loss === undefined ? nothing : html`<span class="loss-bar" aria-hidden="true" .style=${`height: ${Math.min(100, loss * 10)}%`}></span>`}</button
        >`;
      })}
    </div>`;
  }

  #guess({ position, top, rank, loss }: Prediction): TemplateResult {
    const { tokens = [], maskId } = this.#sentence ?? {};
    const truth = tokens[position];
    const known = truth !== undefined && truth.id !== maskId;
    return html`<section class="guess" aria-label="Position ${position}">
      <h3>Position ${position}${known ? html`: <span class="mono">${truth.token}</span>` : nothing}</h3>
      ${known ? html`<p class="muted">The true token is guess ${rank.toLocaleString('en-US')}; loss ${loss.toFixed(3)}.</p>` : nothing}
      <ol>
        ${top.map(
          ({ id, token, score }) =>
            html`<li class=${known && id === truth.id ? 'right' : ''}>
              <span class="mono name">${token}</span><span class="numeric">${shareText(score)}</span><span class="bar-cell"><span class="bar" .style=${`width: ${100 * score}%`}></span></span>
              ${known && id === truth.id ? html`<span class="visually-hidden">the true token</span>` : nothing}
            </li>`,
        )}
      </ol>
    </section>`;
  }

  /** A first sentence, with the mask token that this tokenizer has. */
  async #begin(): Promise<void> {
    this.#asked = true;
    await this.#run('reading', async (signal) => {
      const { maskToken } = await this.#host.call('encode', { text: '' }, { signal });
      this.#text ??= `The function returns a ${maskToken} value.`;
    });
  }

  async #predictText(): Promise<void> {
    await this.#run('reading', async (signal) => {
      await this.#encode(signal, true);
      await this.#predictMasked(signal);
    });
  }

  async #toggle(position: number): Promise<void> {
    const { tokens = [], maskId } = this.#sentence ?? {};
    const masked = new Set(this.#masked);
    // a mask that was typed stays one: nobody knows what it hides
    if (masked.has(position) && tokens[position]?.id !== maskId) masked.delete(position);
    else masked.add(position);
    this.#masked = masked;
    await this.#run('predicting', (signal) => this.#predictMasked(signal));
  }

  async #lossOfAll(): Promise<void> {
    await this.#run('losses', async (signal) => {
      await this.#encode(signal, false);
      this.#losses = await this.#host.call('tokenLosses', { text: this.#text ?? '' }, { signal });
    });
  }

  async #attend(): Promise<void> {
    await this.#run('attention', async (signal) => {
      await this.#encode(signal, false);
      this.#attention = await this.#host.call('attention', { inputIds: this.#inputIds() }, { signal });
    });
  }

  /** Makes the sentence's tokens those of the text. */
  async #encode(signal: AbortSignal, again: boolean): Promise<void> {
    if (this.#read === this.#text && !again) return;
    const text = this.#text ?? '';
    const same = this.#read === text;
    const sentence = await this.#host.call('encode', { text }, { signal });
    this.#sentence = sentence;
    this.#read = text;
    const typed = sentence.tokens.flatMap(({ id }, position) => (id === sentence.maskId ? [position] : []));
    this.#masked = new Set(same ? [...this.#masked, ...typed] : typed);
    if (same) return;
    this.#predictions = [];
    this.#losses = null;
    this.#attention = null;
  }

  async #predictMasked(signal: AbortSignal): Promise<void> {
    const { tokens = [] } = this.#sentence ?? {};
    const positions = [...this.#masked].sort((a, b) => a - b);
    this.#predictions = [];
    // what heads look at depends on the masks
    this.#attention = null;
    if (positions.length === 0) return;
    const { predictions } = await this.#host.call(
      'predict',
      {
        inputIds: this.#inputIds(),
        positions: positions.map((position) => ({ position, trueId: tokens[position]?.id ?? 0 })),
        topK: TOP,
      },
      { signal },
    );
    this.#predictions = predictions;
  }

  #inputIds(): readonly number[] {
    const { tokens = [], maskId = 0 } = this.#sentence ?? {};
    return tokens.map(({ id }, position) => (this.#masked.has(position) ? maskId : id));
  }

  /** One thing at a time: what is asked for later ends what runs. */
  async #run(work: Work, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#working?.controller.abort();
    const controller = new AbortController();
    const working = { work, controller };
    this.#working = working;
    this.#error = null;
    this.#redraw();
    try {
      await task(controller.signal);
    } catch (error) {
      if (this.#working === working && !isCancelledError(error)) this.#error = toWireError(error);
    }
    if (this.#working === working) this.#working = null;
    this.#redraw();
  }
}

function lossTable({ tokens, loss, pseudo_perplexity }: TextLosses): TemplateResult {
  if (loss === null || pseudo_perplexity === null) return html`<p class="muted">The sentence has no tokens.</p>`;
  const most = Math.max(...tokens.map((token) => token.loss), 1e-9);
  return html`<section class="losses" aria-label="Loss of every token">
    <h2>Every token masked in turn</h2>
    <p>Mean loss ${loss.toFixed(3)}, pseudo-perplexity ${Number(pseudo_perplexity.toPrecision(5)).toLocaleString('en-US')}.</p>
    <table class="plain">
      <thead>
        <tr><th scope="col">Token</th><th scope="col" class="numeric">Loss</th><th><span class="visually-hidden">Bar</span></th><th scope="col" class="numeric">Rank</th><th scope="col">First guess</th></tr>
      </thead>
      <tbody>
        ${tokens.map(
          (token) =>
            html`<tr><td class="mono">${token.token}</td><td class="numeric">${token.loss.toFixed(3)}</td><td class="bar-cell"><span class="bar" .style=${`width: ${(100 * token.loss) / most}%`}></span></td><td class="numeric">${token.rank.toLocaleString('en-US')}</td><td class="mono">${token.rank === 1 ? '' : token.prediction}</td></tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
