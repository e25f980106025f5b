"""Times training steps of one peer in Python: training_steps.py '{"peer": "loop" | "trainer", …}', prints one JSON line.

The same model, batch and threads as bench/step.ts. "loop": torch by hand, the head on masked positions only, fused
AdamW. "trainer": Hugging Face's Trainer as it comes.
"""

import json
import os
import resource
import statistics
import sys
import tempfile
import time

import torch
from transformers import BertConfig, BertForMaskedLM, Trainer, TrainerCallback, TrainingArguments


def lcg():
    state = 1
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield state / 2**32


def random_rows(spec):
    """The rows of bench/step.ts, number by number: lists of ids, and labels with -100 where nothing is masked."""
    random = lcg()
    vocab = spec["vocab"]
    lengths = [
        8 + int(next(random) * (spec["length"] - 7)) if spec["ragged"] and i > 0 else spec["length"]
        for i in range(spec["rows"])
    ]
    ids = [int(next(random) * vocab) for _ in range(sum(lengths))]
    masked = [i for i in range(len(ids)) if i == 0 or next(random) < 0.15]
    labels = [-100] * len(ids)
    for i in masked:
        labels[i] = int(next(random) * vocab)
    rows, start = [], 0
    for size in lengths:
        rows.append((ids[start : start + size], labels[start : start + size]))
        start += size
    return rows


def pad(rows):
    width = max(len(ids) for ids, _ in rows)
    fill = lambda values, value: values + [value] * (width - len(values))
    return {
        "input_ids": torch.tensor([fill(ids, 0) for ids, _ in rows]),
        "attention_mask": torch.tensor([fill([1] * len(ids), 0) for ids, _ in rows]),
        "labels": torch.tensor([fill(labels, -100) for _, labels in rows]),
    }


def loop(model, rows, steps):
    batch = pad(rows)
    full = bool(batch["attention_mask"].all())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    model.train()
    times = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        mask = None if full else batch["attention_mask"]
        hidden = model.bert(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state
        chosen = batch["labels"] != -100
        loss = torch.nn.functional.cross_entropy(model.cls(hidden[chosen]), batch["labels"][chosen])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        loss.item()
        times.append(time.perf_counter() - start)
    return times


def trainer(model, rows, steps):
    class Clock(TrainerCallback):
        times, start = [], 0.0

        def on_step_begin(self, *_, **__):
            self.start = time.perf_counter()

        def on_step_end(self, *_, **__):
            self.times.append(time.perf_counter() - self.start)

    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=len(rows),
            max_steps=steps + 2,
            learning_rate=1e-4,
            weight_decay=0.01,
            use_cpu=True,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        Trainer(
            model=model,
            args=arguments,
            train_dataset=list(range(len(rows))),
            data_collator=lambda _: pad(rows),
            callbacks=[clock],
        ).train()
    return clock.times


def main():
    spec = json.loads(sys.argv[1])
    torch.set_num_threads(spec.get("threads") or os.cpu_count())
    torch.manual_seed(0)
    hidden = spec["hidden"]
    model = BertForMaskedLM(
        BertConfig(
            vocab_size=spec["vocab"],
            hidden_size=hidden,
            num_hidden_layers=spec["layers"],
            num_attention_heads=hidden // 64,
            intermediate_size=4 * hidden,
            hidden_dropout_prob=spec["dropout"],
            attention_probs_dropout_prob=spec["dropout"],
        )
    )
    rows = random_rows(spec)
    times = {"loop": loop, "trainer": trainer}[spec["peer"]](model, rows, spec["steps"])
    step = statistics.median(times[2:])
    tokens = sum(len(ids) for ids, _ in rows)
    print(
        json.dumps(
            {
                "step": step * 1000,
                "tokensPerSecond": tokens / step,
                "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
                "versions": f"torch {torch.__version__}",
            }
        )
    )


main()
