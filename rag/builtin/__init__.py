"""The built-in language model: Qwen2.5-Coder-1.5B-Instruct with a small adapter, in this process.

``conversion`` makes its files ready once, ``network`` computes its layers, ``vocabulary`` has its words, ``memory`` has
what it read, and ``model`` answers.
"""
