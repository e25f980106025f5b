// BERT. Source: Devlin et al. 2018; Hugging Face's names.
import { readActivation } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { readBertLayout } from './bert-layout.ts';
import { head } from './head.ts';

export const bert: Architecture = {
  modelTypes: ['bert'],
  className: { bert: 'BertForMaskedLM' },
  unused: [
    /^bert\.embeddings\.(position_ids|token_type_ids)$/,
    /^bert\.pooler\./,
    /^cls\.seq_relationship\./,
    /^cls\.predictions\.decoder\./,
  ],
  blueprint(config) {
    const layout = readBertLayout(config, 'bert', { types: 2, pad: 0 });
    const { hidden, vocab, epsilon, word } = layout;
    const output = head({
      dense: 'cls.predictions.transform.dense',
      norm: 'cls.predictions.transform.LayerNorm',
      bias: 'cls.predictions.bias',
      vocab,
      inputs: hidden,
      outputs: hidden,
      activation: readActivation(config, 'hidden_act', 'gelu'),
      epsilon,
    });
    return {
      hiddenSize: hidden,
      heads: layout.heads,
      vocabSize: vocab,
      maxLength: layout.positions,
      parameters: [...layout.embeddingParameters, ...layout.layerParameters, ...output.parameters],
      decoder: { weight: word, bias: 'cls.predictions.bias' },
      positions: 'from zero',
      forward: (net) => output.apply(net, layout.encode(net, layout.embed(net))),
    };
  },
};
