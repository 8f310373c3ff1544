"""The base model in PyTorch, dequantised from the very file that answers, and the articles to train on."""

import json
from pathlib import Path
from typing import Any

TRAINED_ON = ("normans", "steam_engine", "islamism", "immune_system")
"""The development articles that training may see; the benchmark's figures come from the others."""


def read_squad(folder: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the articles of that name: their paragraphs, and questions with answers and the paragraph's number."""
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in names}


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
