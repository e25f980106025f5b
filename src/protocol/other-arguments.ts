// Arguments of run_mlm.py and TrainingArguments, 4.x and 5.x, that Cloze takes without using, or cannot follow.
import type { ArgumentValue } from './runs.ts';

export interface OtherArgument {
  readonly name: string;
  /** The values that change nothing here; any other is refused with the reason. Null: every value. */
  readonly only: readonly ArgumentValue[] | null;
  readonly why: string;
}

const unused = (...names: readonly string[]): OtherArgument[] => names.map((name) => ({ name, only: null, why: '' }));

const refused = (
  why: string,
  ...arguments_: readonly (string | readonly [name: string, ...only: ArgumentValue[]])[]
): OtherArgument[] =>
  arguments_.map((argument) => {
    const [name, ...only] = typeof argument === 'string' ? [argument, false] : argument;
    return { name, only: [null, ...only], why };
  });

export const OTHER_ARGUMENTS: readonly OtherArgument[] = [
  ...refused('Training is what this command does; see cloze evaluate for measuring.', ['do_train', true]),
  ...unused('do_eval'),
  ...refused('There is nothing to predict on: see cloze fill-mask.', 'do_predict'),
  ...refused('Cloze reports to its own monitor only.', ['report_to', 'none', '[]']),
  ...refused('Cloze trains in float32.', 'fp16', 'bf16', 'tf32', 'fp16_full_eval', 'bf16_full_eval'),
  ...refused('Cloze trains in float32.', ['torch_dtype', 'auto', 'float32'], ['dtype', 'auto', 'float32']),
  ...refused('AdamW is the optimizer there is.', ['optim', 'adamw_torch', 'adamw_torch_fused'], ['adafactor', false]),
  ...refused('AdamW has no more arguments than adam_beta1, adam_beta2 and adam_epsilon.', ['optim_args']),
  ...refused('Every parameter has the same optimizer; freeze leaves some out.', ['optim_target_modules']),
  ...refused(
    'Activations are always kept; lower the batch size instead.',
    'gradient_checkpointing',
    ['gradient_checkpointing_kwargs'],
    ['activation_checkpointing'],
    ['activation_checkpointing_kwargs'],
  ),
  ...refused(
    'There is no torch here.',
    'torch_compile',
    ['torch_compile_backend'],
    ['torch_compile_mode'],
    ['torchdynamo'],
    'jit_mode_eval',
    'use_liger_kernel',
    ['liger_kernel_config'],
  ),
  ...refused(
    'Cloze trains on one machine and one device.',
    ['deepspeed'],
    ['fsdp', '', '[]'],
    ['fsdp_config'],
    ['parallelism_config'],
    ['sharded_ddp'],
  ),
  ...refused('Label smoothing is not supported.', ['label_smoothing_factor', 0]),
  ...refused('Noise in the embeddings is not supported.', ['neftune_noise_alpha']),
  ...refused('A batch that does not fit is an error; lower per_device_train_batch_size.', 'auto_find_batch_size'),
  ...refused('Evaluation starts with the first eval_steps or epoch.', ['eval_delay', 0], 'eval_on_start'),
  ...refused('Loss and accuracy are measured together.', 'prediction_loss_only', 'batch_eval_metrics'),
  ...refused('Loss, accuracy and perplexity are what is measured.', ['include_for_metrics', '[]']),
  ...refused('Checkpoints hold the optimizer, so that they can be resumed.', 'save_only_model'),
  ...refused('A resumed run goes on with the very batch it had reached.', 'ignore_data_skip'),
  ...refused('Weights are saved as safetensors.', ['save_safetensors', true]),
  ...refused('A loss that is no number is left out of the means.', ['logging_nan_inf_filter', true]),
  ...refused('Tokens are counted for the monitor only.', ['include_num_input_tokens_seen', false, 'no']),
  ...refused('A run that is killed keeps its last checkpoint.', 'enable_jit_checkpoint'),
  ...refused('There is nothing to debug in torch here.', ['debug', '', '[]']),
  ...refused('Batches are made in the training process.', ['dataloader_num_workers', 0]),
  ...refused('Only the text column is read.', ['remove_unused_columns', true], ['label_names', '[]']),
  ...refused('Data sets are read from disk: give train_file.', ['dataset_name'], ['dataset_config_name'], 'streaming'),
  ...refused('Models are read from disk: give a folder.', ['model_revision', 'main'], ['cache_dir']),
  ...refused('Cloze runs no code that comes with a model.', 'trust_remote_code'),
  ...refused("Only Hugging Face's own fast tokenizers are read.", ['use_fast_tokenizer', true]),
  ...refused(
    'It would be stored with the run: set HF_TOKEN, or share later with cloze push or Cloze: Push to Hub.',
    ['hub_token'],
    ['push_to_hub_token'],
    ['token'],
  ),
  ...refused('A save that comes while another is uploaded is not uploaded.', 'hub_always_push'),
  ...refused('Models are uploaded to the branch main.', ['hub_revision', 'main']),
  ...refused('Give the repository with hub_model_id.', ['push_to_hub_model_id'], ['push_to_hub_organization']),
  ...refused('Give the config of the new model with config_name.', ['model_type']),
  ...refused('Write them into the config that config_name names.', ['config_overrides']),
  // about several processes, torch's memory or its progress bars: nothing here depends on them
  ...unused(
    'use_cpu',
    'no_cuda',
    'use_mps_device',
    'disable_tqdm',
    'log_level_replica',
    'log_on_each_node',
    'logging_dir',
    'save_on_each_node',
    'skip_memory_metrics',
    'low_cpu_mem_usage',
    'preprocessing_num_workers',
    'full_determinism',
    'average_tokens_across_devices',
    'accelerator_config',
    'local_rank',
    'ddp_backend',
    'ddp_broadcast_buffers',
    'ddp_bucket_cap_mb',
    'ddp_find_unused_parameters',
    'ddp_static_graph',
    'ddp_timeout',
    'dataloader_in_order',
    'dataloader_multiprocessing_context',
    'dataloader_persistent_workers',
    'dataloader_pin_memory',
    'dataloader_prefetch_factor',
    'eval_accumulation_steps',
    'eval_do_concat_batches',
    'eval_use_gather_object',
    'length_column_name',
    'project',
    'restore_callback_states_from_checkpoint',
    'torch_empty_cache_steps',
    'trackio_bucket_id',
    'trackio_space_id',
    'trackio_static_space_id',
    'use_cache',
    'use_legacy_prediction_loop',
  ),
];
