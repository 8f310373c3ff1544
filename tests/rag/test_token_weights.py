"""The weights of the built-in model's tokens, written and used again, and what is kept of tokens that were read."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from rag.builtin import token_weights
from rag.builtin.states import States
from rag.builtin.token_weights import TokenWeights

TOKENS, WIDTH = 3000, 256


@pytest.fixture(scope="module")
def weights() -> torch.Tensor:
    return torch.randn(TOKENS, WIDTH, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def directory(weights: torch.Tensor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("weights")
    token_weights.write(iter(weights.split(1000)), directory)
    return directory


@pytest.fixture
def written(directory: Path) -> Iterator[TokenWeights]:
    written = TokenWeights(directory)
    yield written
    written.close()


def test_what_is_read_for_a_token_is_its_own(written: TokenWeights, weights: torch.Tensor) -> None:
    found = written.states([2999, 0, 7, 7])
    assert torch.allclose(found, weights[[2999, 0, 7, 7]], atol=0.02)


def test_the_likeliest_tokens_are_found_as_if_all_were_compared(
    written: TokenWeights, weights: torch.Tensor
) -> None:
    """Though four bits are too few to tell them apart."""
    alike = weights / weights.square().sum(1, keepdim=True)
    states = alike[:400] + alike[400:800]
    every = written.odds(states, range(TOKENS))
    assert written.likeliest(states) == every.topk(1).indices.tolist()
    (found,) = written.likeliest(states[:1], 100)
    odds = every[0, found]
    assert (odds[:-1] >= odds[1:]).all()
    assert found[:10] == every[0].topk(10).indices.tolist()


def test_files_that_do_not_belong_together_are_noticed(directory: Path, tmp_path: Path) -> None:
    for file in directory.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    rows = tmp_path / "tokens.rows"
    rows.write_bytes(rows.read_bytes()[:-1])
    with pytest.raises(ValueError, match="belong together"):
        TokenWeights(tmp_path)
    rows.unlink()
    with pytest.raises(FileNotFoundError):
        TokenWeights(tmp_path)


def test_weights_that_nobody_closes_close_their_file(directory: Path) -> None:
    written = TokenWeights(directory)
    rows = written._rows
    del written
    gc.collect()
    assert rows.closed


def part(first: int, last: int) -> torch.Tensor:
    """States of tokens whose numbers stand in place of the numbers that they have."""
    return torch.arange(first, last, dtype=torch.float16)[:, None].expand(28, 2, 2, -1, 128)


def numbers(states: States) -> list[int]:
    return [int(number) for number in states.joined()[3, 1, 0, :, 5]]


def test_states_of_tokens_are_put_together_and_cut() -> None:
    states = States()
    assert not states
    for first, last in [(0, 100), (100, 101), (101, 140), (140, 141), (141, 300)]:
        states = states.then(part(first, last))
    assert len(states) == 300
    assert len(states.parts) == 3  # the short ones are one
    assert numbers(states) == list(range(300))
    assert numbers(states[:100]) == list(range(100))
    assert numbers(states[99:142]) == list(range(99, 142))
    assert numbers(states[299:]) == [299]
    assert not states[300:]
