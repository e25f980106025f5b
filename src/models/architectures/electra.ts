// ELECTRA's generator: BERT's layers, embeddings that may be narrower. Source: Clark et al. 2020; Hugging Face's names.
import { gelu } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { linear } from '../parameters.ts';
import { readBertLayout } from './bert-layout.ts';
import { head } from './head.ts';

export const electra: Architecture = {
  modelTypes: ['electra'],
  className: { electra: 'ElectraForMaskedLM' },
  unused: [/^electra\.embeddings\.(position_ids|token_type_ids)$/, /^generator_lm_head\.weight$/],
  blueprint(config) {
    const width = config.size('embedding_size', 128);
    const layout = readBertLayout(config, 'electra', { types: 2, pad: 0 }, width);
    const { hidden, vocab, epsilon, word } = layout;
    const project = 'electra.embeddings_project';
    const output = head({
      dense: 'generator_predictions.dense',
      norm: 'generator_predictions.LayerNorm',
      bias: 'generator_lm_head.bias',
      vocab,
      inputs: hidden,
      outputs: width,
      activation: gelu,
      epsilon,
    });
    return {
      hiddenSize: hidden,
      heads: layout.heads,
      vocabSize: vocab,
      maxLength: layout.positions,
      parameters: [
        ...layout.embeddingParameters,
        ...(width === hidden ? [] : linear(project, width, hidden)),
        ...layout.layerParameters,
        ...output.parameters,
      ],
      decoder: { weight: word, bias: 'generator_lm_head.bias' },
      positions: 'from zero',
      forward(net) {
        const embedded = layout.embed(net);
        const x = width === hidden ? embedded : net.linear(embedded, project);
        return output.apply(net, layout.encode(net, x));
      },
    };
  },
};
