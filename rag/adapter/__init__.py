"""The reader's adapter: a small LoRA over the built-in model, and how it was made (``README.md``)."""

from pathlib import Path

ADAPTER = Path(__file__).parent / "adapter.gguf"
"""The adapter's weights, in the format of llama.cpp's adapters."""
