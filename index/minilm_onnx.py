"""all-MiniLM-L6-v2 on many texts at once, through ONNX Runtime.

Its linear layers can be computed in eight-bit integers: the weights with one scale for each output, what goes into them
with one for each text (ONNX Runtime's dynamic quantisation).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper

from index import runtime

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["Encoder", "largest_weight"]

Array = np.ndarray[Any, np.dtype[np.float32]]

_ATTENTION = ("query", "key", "value")
_EIGHT_BITS, _SEVEN_BITS = 127, 63


class Encoder:
    """The model's layers as ONNX Runtime computes them: one text in one thread, and any number of these at once."""

    def __init__(
        self,
        weights: Mapping[str, Array],
        positions: Array,
        *,
        layers: int,
        heads: int,
        epsilon: float,
        largest: int | None,
    ) -> None:
        """Take the weights over.

        Args:
            weights: The model's tensors by their names.
            positions: What is added to a token's vector at each position, (tokens, width).
            layers: How many layers it has.
            heads: How many heads of attention each of them has.
            epsilon: What keeps its normalisations from dividing by nothing.
            largest: The largest weight of a linear layer as an integer (:func:`largest_weight`), which is up to
                twice as fast and not as exact; in single precision if None.
        """
        self._words = weights["embeddings.word_embeddings.weight"]
        self._positions = positions
        graph = _Graph(weights, epsilon, largest)
        states = graph.normed("words", "embeddings.LayerNorm")
        for layer in range(layers):
            states = graph.layer(states, f"encoder.layer.{layer}.", heads)
        self._session = graph.session("words", states)

    def states(self, ids: Sequence[int]) -> Array:
        """Return the last layer of a text, given as token ids: a row for each token."""
        words = np.take(self._words, ids, axis=0) + self._positions[: len(ids)]
        states: Array = self._session.run(None, {"words": words[None]})[0][0]
        return states


class _Graph:
    """The model as a graph of ONNX's operators, which grows from what goes in; each result has a name."""

    def __init__(self, weights: Mapping[str, Array], epsilon: float, largest: int | None) -> None:
        self._weights = weights
        self._epsilon = epsilon
        self._largest = largest
        self._nodes: list[Any] = []
        self._constants: dict[str, np.ndarray] = {}

    def session(self, given: str, wanted: str) -> "InferenceSession":
        """Return what computes one result of another: both (texts, tokens, width)."""
        start, end = (
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "tokens", None])]
            for name in (given, wanted)
        )
        constants = [_declared(name, values) for name, values in self._constants.items()]
        graph = helper.make_graph(self._nodes, "encoder", start, end, constants)
        model = helper.make_model(graph, opset_imports=runtime.OPERATORS, ir_version=runtime.FORMAT)
        # Threads that have a text each are quicker than several for one.
        return runtime.session(model.SerializeToString(), 1, self._constants)

    def layer(self, states: str, name: str, heads: int) -> str:
        """Add a layer and return what comes out of it."""
        together = self.linear(states, *(f"{name}attention.self.{part}" for part in _ATTENTION))
        parts = [f"{name}{part}" for part in _ATTENTION]
        self._nodes.append(helper.make_node("Split", [together], parts, axis=2, num_outputs=len(parts)))
        seen = self._add("Attention", *parts, q_num_heads=heads, kv_num_heads=heads)
        states = self._residual(seen, states, f"{name}attention.output")
        # By a hyperbolic tangent it is quicker, and moves a vector by an eightieth of what the integers do.
        gelu = "Gelu" if self._largest is None else "FastGelu"
        inner = self._add(gelu, self.linear(states, f"{name}intermediate.dense"), microsoft=True)
        return self._residual(inner, states, f"{name}output")

    def _residual(self, inner: str, states: str, name: str) -> str:
        found = self.linear(inner, f"{name}.dense")
        return self.normed(self._add("Add", found, states), f"{name}.LayerNorm")

    def normed(self, states: str, name: str) -> str:
        """Add a normalisation."""
        own = (self._constant(self._weights[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return self._add("LayerNormalization", states, *own, epsilon=self._epsilon)

    def linear(self, states: str, *names: str) -> str:
        """Add a linear layer, or several that read the same as one."""
        weight, bias = (
            np.concatenate([self._weights[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias")
        )
        return self.product(states, weight, bias)

    def product(self, states: str, weight: Array, bias: Array) -> str:
        """Add a product with weights, (outputs, inputs), and a sum."""
        if self._largest is None:
            product = self._add("MatMul", states, self._constant(weight.T))
            return self._add("Add", product, self._constant(bias))
        scale = np.abs(weight).max(axis=1) / np.float32(self._largest)
        whole = np.round(weight / scale[:, None]).astype(np.int8)
        own = (self._constant(a) for a in (whole.T, scale, np.zeros(len(scale), np.int8), bias))
        return self._add("DynamicQuantizeMatMul", states, *own, microsoft=True)

    def _add(self, operator: str, *inputs: str, microsoft: bool = False, **options: Any) -> str:
        name = f"{operator}-{len(self._nodes)}"
        domain = runtime.MICROSOFT if microsoft else ""
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **options))
        return name

    def _constant(self, values: np.ndarray) -> str:
        name = f"constant-{len(self._constants)}"
        self._constants[name] = np.ascontiguousarray(values)
        return name


def _declared(name: str, values: np.ndarray) -> TensorProto:
    """Return a constant without its values, which the runtime gets as they are: a model that has them in it is copied
    several times."""
    kind = helper.np_dtype_to_tensor_dtype(values.dtype)
    declared = TensorProto(name=name, data_type=kind, dims=values.shape, data_location=TensorProto.EXTERNAL)
    declared.external_data.add(key="location", value="given")
    return declared


@cache
def largest_weight() -> int:
    """Return the largest integer that weights may become here.

    Without the instructions for it (VNNI on Intel and AMD) the runtime adds two products in sixteen bits, and cuts off
    what is larger; with weights of seven bits nothing is (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html).
    """
    width = 32
    graph = _Graph({}, 0.0, _EIGHT_BITS)
    ones = np.ones((width, width), np.float32)
    found = graph.session("ones", graph.product("ones", ones, np.zeros(width, np.float32)))
    right = np.allclose(found.run(None, {"ones": ones[None]})[0], width)
    return _EIGHT_BITS if right else _SEVEN_BITS
