"""The base model in PyTorch, dequantised from the very file that answers, and the articles to train on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TRAINED_ON = ("normans", "steam_engine", "islamism", "immune_system")
"""The development articles that training may see; the benchmark's figures come from the others."""


def read_squad(path: Path, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Read articles of SQuAD 2.0: their paragraphs, and questions with answers and the paragraph's number.

    Args:
        path: A folder with an article in each file, or a file as SQuAD's authors publish it.
        names: Which files of a folder; all by default. Of a published file, every article is read.
    """
    if path.is_dir():
        return {
            name: json.loads((path / f"{name}.json").read_text())
            for name in names or sorted(file.stem for file in path.glob("*.json"))
        }
    return {part["title"]: _article(part["paragraphs"]) for part in json.loads(path.read_text())["data"]}


def _article(paragraphs: list[dict[str, Any]]) -> dict[str, Any]:
    questions = [
        {
            "question": item["question"],
            "answerable": not item["is_impossible"],
            "answers": [answer["text"] for answer in item["answers"]],
            "paragraph": number,
        }
        for number, paragraph in enumerate(paragraphs)
        for item in paragraph["qas"]
    ]
    return {"paragraphs": [paragraph["context"] for paragraph in paragraphs], "questions": questions}


def load_tokenizer() -> Any:
    """Return the model's tokenizer."""
    from transformers import AutoTokenizer

    from rag.weights import builtin_model

    path = builtin_model()
    return AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)


def load_model() -> Any:
    """Return the model with its weights dequantised, frozen; takes a minute and 4 GB, or 7 in single precision.

    Where the processor does not compute in bfloat16 itself, single precision is a hundred times quicker.
    """
    import torch
    from transformers import AutoModelForCausalLM

    from rag.weights import builtin_model

    path = builtin_model()
    quick = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    model = AutoModelForCausalLM.from_pretrained(
        str(path.parent), gguf_file=path.name, dtype=torch.bfloat16 if quick else torch.float32
    )
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model.eval()
