// The collator's arguments as controls: judged as they are typed, sent once they can be used.
import { html, type TemplateResult } from 'lit';
import type { MaskingOptions, RandomStream } from '../../src/protocol/masking.ts';
import { MASKING_NAMES, type MaskingProblems, maskingProblems } from '../../src/protocol/masking-options.ts';
import { checkbox, dropdown, textField } from '../ui/controls.ts';

/** Long enough to type a number of a few digits. Milliseconds. */
const TYPING_DELAY = 250;

type NumberName = 'mlmProbability' | 'maskReplaceProb' | 'randomReplaceProb' | 'seed';
const NUMBERS: readonly NumberName[] = ['mlmProbability', 'maskReplaceProb', 'randomReplaceProb', 'seed'];

const HELP: Record<keyof MaskingOptions, string> = {
  mlmProbability: 'The share of tokens that are chosen. Special tokens never are.',
  maskReplaceProb: 'The share of the chosen tokens that become the mask token.',
  randomReplaceProb: 'The share of the chosen tokens that become a random one. What is left stays unchanged.',
  wholeWordMask: 'Choose whole words, and mask every token of a chosen word; no random or unchanged ones then.',
  seed: 'The same seed and stream give the same table, here and in Python.',
  stream: 'Which of Python’s random generators to draw from.',
};

const STREAMS: readonly { readonly value: RandomStream; readonly label: string; readonly help: string }[] = [
  {
    value: 'torch',
    label: 'torch',
    help: 'PyTorch’s generator after torch.manual_seed(seed): what Trainer draws from.',
  },
  {
    value: 'numpy',
    label: 'numpy',
    help: 'NumPy’s global generator after set_seed(seed), with return_tensors="np".',
  },
  {
    value: 'numpy-seeded',
    label: 'numpy, own seed',
    help: 'The collator’s own NumPy generator, as its seed argument makes it, with return_tensors="np".',
  },
];

export class ArgumentsForm {
  readonly #changed: () => void;
  readonly #send: (options: MaskingOptions) => void;
  #sent: MaskingOptions;
  /** Number fields as they stand, which may not be numbers yet. */
  #typed: Record<NumberName, string>;
  #timer: number | undefined;

  /** `changed` asks for a new drawing; `send` takes options that can be used. */
  constructor(options: MaskingOptions, changed: () => void, send: (options: MaskingOptions) => void) {
    this.#sent = options;
    this.#typed = spell(options);
    this.#changed = changed;
    this.#send = send;
  }

  /** The host's options; what is being typed stays as long as it means the same or nothing yet. */
  accept(options: MaskingOptions): void {
    for (const name of NUMBERS) {
      if (options[name] !== this.#sent[name] && Number(this.#typed[name]) !== options[name]) {
        this.#typed[name] = String(options[name]);
      }
    }
    this.#sent = options;
  }

  /** What the chosen stream is, in a sentence. */
  get streamHelp(): string {
    return STREAMS.find(({ value }) => value === this.#sent.stream)?.help ?? '';
  }

  render(): TemplateResult {
    const problems = maskingProblems(this.#read());
    const { wholeWordMask, stream } = this.#sent;
    return html`
      ${this.#number('mlmProbability', problems, 5)} ${this.#number('maskReplaceProb', problems, 5, wholeWordMask)}
      ${this.#number('randomReplaceProb', problems, 5, wholeWordMask)}
      ${checkbox({
        label: MASKING_NAMES.wholeWordMask,
        checked: wholeWordMask,
        help: HELP.wholeWordMask,
        onChange: (checked) => this.#change({ wholeWordMask: checked }),
      })}
      ${this.#number('seed', problems, 10)}
      ${dropdown({
        id: 'stream',
        label: MASKING_NAMES.stream,
        value: stream,
        choices: STREAMS,
        help: HELP.stream,
        onChange: (value) => this.#change({ stream: value as RandomStream }),
      })}
    `;
  }

  #number(name: NumberName, problems: MaskingProblems, size: number, unused = false): TemplateResult {
    return textField({
      id: name,
      label: MASKING_NAMES[name],
      value: this.#typed[name],
      help: unused ? 'whole_word_mask masks every chosen token: this has no effect.' : HELP[name],
      error: unused ? undefined : problems[name],
      size,
      numeric: true,
      disabled: unused,
      onInput: (value) => {
        this.#typed[name] = value;
        this.#changed();
        window.clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => this.#sendIfUsable(this.#read()), TYPING_DELAY);
      },
    });
  }

  #change(part: Partial<MaskingOptions>): void {
    window.clearTimeout(this.#timer);
    this.#sendIfUsable({ ...this.#read(), ...part });
  }

  #sendIfUsable(options: MaskingOptions): void {
    const same = (Object.keys(options) as (keyof MaskingOptions)[]).every((name) => options[name] === this.#sent[name]);
    if (same || Object.keys(maskingProblems(options)).length > 0) return;
    this.#sent = options;
    this.#send(options);
    this.#changed();
  }

  #read(): MaskingOptions {
    const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));
    return {
      ...this.#sent,
      mlmProbability: number(this.#typed.mlmProbability),
      maskReplaceProb: number(this.#typed.maskReplaceProb),
      randomReplaceProb: number(this.#typed.randomReplaceProb),
      seed: number(this.#typed.seed),
    };
  }
}

function spell(options: MaskingOptions): Record<NumberName, string> {
  return {
    mlmProbability: String(options.mlmProbability),
    maskReplaceProb: String(options.maskReplaceProb),
    randomReplaceProb: String(options.randomReplaceProb),
    seed: String(options.seed),
  };
}
