"""ONNX Runtime, as every part of the program uses it: without a word to its maker."""

import os
from collections.abc import Mapping

import numpy as np

# Else the runtime tells its maker about the machine and what it does, from its import on
# (https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime
from onnx import helper

onnxruntime.disable_telemetry_events()  # if another part of the program had imported it before

__all__ = ["FORMAT", "MICROSOFT", "OPERATORS", "session"]

MICROSOFT = "com.microsoft"
"""The domain of operators that are its maker's own."""

OPERATORS = [helper.make_opsetid("", 23), helper.make_opsetid(MICROSOFT, 1)]

FORMAT = 11
"""Of ONNX's files: what came with these operators, which newer runtimes read too."""


def session(
    model: bytes | str, threads: int, constants: Mapping[str, np.ndarray] | None = None
) -> onnxruntime.InferenceSession:
    """Return what computes a model.

    Args:
        model: The model, or the name of its file.
        threads: With how many threads.
        constants: What the model only declares. Within it they would be copied several times.
    """
    options = onnxruntime.SessionOptions()
    if constants:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in constants.values()]
        options.add_external_initializers(list(constants), values)
    options.intra_op_num_threads = threads
    # Threads that look for work without a rest take the cores from torch's.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What the runtime would make of a sum and its normalisation takes six times as long as the two.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
