// RoBERTa, CamemBERT and XLM-RoBERTa: BERT's layers, positions counted from the padding token's id, a head of their own.
// Sources: Liu et al. 2019; Martin et al. 2019; Conneau et al. 2019; Hugging Face's names.
import { gelu } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { readBertLayout } from './bert-layout.ts';
import { head } from './head.ts';

export const roberta: Architecture = {
  modelTypes: ['roberta', 'camembert', 'xlm-roberta'],
  className: {
    roberta: 'RobertaForMaskedLM',
    camembert: 'CamembertForMaskedLM',
    'xlm-roberta': 'XLMRobertaForMaskedLM',
  },
  unused: [/^roberta\.embeddings\.(position_ids|token_type_ids)$/, /^roberta\.pooler\./, /^lm_head\.decoder\./],
  blueprint(config) {
    const layout = readBertLayout(config, 'roberta', { types: 2, pad: 1, paddedPositions: true });
    const { hidden, vocab, epsilon, word, positions, pad } = layout;
    if (pad === undefined) throw config.wrong('pad_token_id', null, 'the id of the padding token');
    if (positions < pad + 2) throw config.wrong('max_position_embeddings', positions, `more than pad_token_id + 1`);
    const output = head({
      dense: 'lm_head.dense',
      norm: 'lm_head.layer_norm',
      bias: 'lm_head.bias',
      vocab,
      inputs: hidden,
      outputs: hidden,
      activation: gelu,
      epsilon,
    });
    return {
      hiddenSize: hidden,
      heads: layout.heads,
      vocabSize: vocab,
      maxLength: positions - pad - 1,
      parameters: [...layout.embeddingParameters, ...layout.layerParameters, ...output.parameters],
      decoder: { weight: word, bias: 'lm_head.bias' },
      positions: { afterPadding: pad },
      oneTokenType: true,
      forward: (net) => output.apply(net, layout.encode(net, layout.embed(net))),
    };
  },
};
