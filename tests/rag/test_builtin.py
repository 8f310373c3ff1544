"""The built-in model at work: what it reads once, in pieces, ahead, for several at a time, and what it writes."""

import gc
import shutil
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import torch

from index import seed_article
from rag import ModelError, prompts
from rag.builtin import files, layer_files, network, products
from rag.builtin import model as at_work
from rag.builtin.loading import load
from rag.builtin.memory import KEPT_BYTES, Memory, forget_prefixes
from rag.builtin.model import BuiltinModel
from rag.builtin.products import Way
from rag.builtin.states import States
from tests.processes import environment, run_python

ARTICLE = prompts.article_part([seed_article().text])
OTHER = prompts.article_part(["The mill at the brook burnt down in 1911. The miller moved to Dresden."])
HOW_MUCH = prompts.question_part("How much did Meta invest in Scale AI?")
HOW_OLD = prompts.question_part("How old is Mark Zuckerberg?")
BEGINS = f"{prompts.FOUND}\n"


def silent(_what: str, _done: float) -> None:
    pass


@pytest.fixture(scope="module")
def model(data_directory: Path) -> Iterator[BuiltinModel]:
    model = load(silent)
    yield model
    model.close()


@pytest.fixture
def fresh(data_directory: Path) -> Iterator[BuiltinModel]:
    """One that has read nothing."""
    forget_prefixes()
    model = load(silent)
    yield model
    model.close()


WAYS = [products.way(), Way.PLAIN]
if products.way() is Way.LINEAR:
    WAYS.append(Way.CONVOLUTION)  # every processor that can do the one can do the other


@pytest.fixture
def weights_for(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Way], None]]:
    """Have weights arranged as on other processors; what is made of them is 1.3 GB."""
    made: list[Path] = []

    def use(way: Way) -> None:
        for module in (products, layer_files):
            monkeypatch.setattr(module, "way", lambda: way)
        made.append(files.prepared(silent) / f"layers-{layer_files.arrangement()}")

    usual = layer_files.arrangement()
    yield use
    for directory in made:
        if not directory.name.endswith(usual):
            shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.parametrize("way", dict.fromkeys(WAYS), ids=str)
def test_it_tells_what_an_article_answers(weights_for: Callable[[Way], None], way: Way) -> None:
    """However a processor does it."""
    weights_for(way)
    forget_prefixes()
    with closing(load(silent)) as model:
        assert model.found(ARTICLE, HOW_MUCH) > 0.9
        assert model.found(ARTICLE, HOW_OLD) < 0.1
        assert model.found(OTHER, HOW_MUCH) < 0.1
        assert model.found(OTHER, prompts.question_part("When did the mill burn down?")) > 0.9


def test_it_writes_one_line_that_keeps_to_the_article(model: BuiltinModel) -> None:
    text = "".join(model.write(ARTICLE, HOW_MUCH, BEGINS))
    assert "14.3 billion" in text
    assert "\n" not in text
    assert prompts.FOUND not in text


MULTIPLIES = """
import os
from pathlib import Path
import torch
from rag.builtin import layer_files, products
from rag.builtin.integers import eight_bits
from rag.builtin.products import Way, arranged, times, way
states = torch.randn(40, 1536, generator=torch.Generator().manual_seed(0))
weight, scale = eight_bits(torch.randn(64, 1536, generator=torch.Generator().manual_seed(1)))
exact = (states.double() @ (weight.double() * scale[:, None]).T).float()
ways = [way(), Way.PLAIN] + [Way.LINEAR, Way.CONVOLUTION] * (way() is not Way.PLAIN)
file = Path(os.environ["LAYER"])
for one in ways:
    products.way = lambda: one
    ours = arranged(weight)
    layer_files.save({"weight": ours, "scale": scale}, file)
    layer = layer_files.load(file)
    found = times(states, layer["weight"], layer["scale"])
    print("DONE" if float((found - exact).norm() / exact.norm()) < 0.015 else "WRONG", one)
    print("DONE" if torch.equal(found, times(states, ours, scale)) else "WRONG", "when mapped")
if way() is Way.LINEAR:
    products.way = way
    most = torch.full((40, 1536), 127, dtype=torch.int8)
    print("DONE" if (times(most.float(), arranged(most), torch.ones(40)) == 1536 * 127**2).all() else "WRONG")
"""


@pytest.mark.parametrize("instructions", ["AVX2", "AVX512_CORE", "ALL"])
def test_products_are_right_whatever_the_processor_has(tmp_path: Path, instructions: str) -> None:
    env = environment(ONEDNN_MAX_CPU_ISA=instructions, LAYER=str(tmp_path / "layer.safetensors"))
    done = run_python(MULTIPLIES, env=env)
    assert done.returncode == 0, done.stderr
    assert "DONE" in done.stdout
    assert "WRONG" not in done.stdout, done.stdout


def test_a_linear_layer_multiplies_integers_only_where_it_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the instructions for it, it may be right and take fifty times as long."""
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True, "avx512_vnni": False})
    assert products.way.__wrapped__() is Way.CONVOLUTION


def test_only_x86_processors_multiply_integers(monkeypatch: pytest.MonkeyPatch) -> None:
    """oneDNN is in torch for ARM too, and takes long there."""
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"neon": True})
    assert products.way.__wrapped__() is Way.PLAIN


@pytest.mark.parametrize(
    "error", [RuntimeError("can't allocate memory"), MemoryError("can't allocate memory")]
)
def test_a_model_for_which_there_is_no_memory_is_not_called_damaged(
    data_directory: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: Path) -> None:
        raise error

    monkeypatch.setattr(network, "Network", full)
    with pytest.raises(ModelError, match=r"can't allocate memory.*2 GB of free memory"):
        load(silent)


def numbered(tokens: list[int]) -> States:
    """Return states of tokens that have their numbers in them."""
    return States((torch.tensor(tokens, dtype=torch.float16)[:, None].expand(28, 2, 2, -1, 128),))


class Counting:
    """A network that writes one token after the other, from ``first`` on, and notes how many it reads at a time."""

    def __init__(self, words: int) -> None:
        self.words = words
        self.read_at_once: list[int] = []

    def read(self, tokens: list[int], known: States, wanted: int) -> tuple[torch.Tensor, torch.Tensor]:
        self.read_at_once.append(len(tokens))
        return torch.tensor(tokens[-wanted:]), numbered(tokens).joined()

    def likeliest(self, last: torch.Tensor) -> list[list[int]]:
        return [[token] for token in ((last + 1) % self.words).tolist()]


def test_what_stood_before_is_written_at_once_as_far_as_it_is_right(
    model: BuiltinModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(500)
    monkeypatch.setattr(model, "_network", counting)
    tokens = [200, 201, 202, 203, 90, 91, 7, 199]
    written = []
    known = numbered(tokens[:-1])
    for _ in range(3):
        new, known = model._next(tokens, known, False)
        tokens += new
        written.append(new)
        assert known.joined()[0, 0, 0, :, 0].tolist() == tokens[:-1]
    # 199 stood nowhere before; what followed 200 is right, and what followed 202 and 203 is not.
    assert written == [[200], [201, 202, 203], [204]]
    assert counting.read_at_once == [1, 3, 5]


def test_characters_of_several_tokens_come_whole(model: BuiltinModel) -> None:
    part = prompts.article_part(["Die Mühle „Zum Löwen“ in 横浜 gehört 山田花子 🦁🦁."])
    pieces = list(
        model.write(part, prompts.question_part("Wem gehört die Mühle?"), f"{BEGINS}Die Mühle „Zum")
    )
    assert "�" not in "".join(pieces)


def test_it_does_not_write_on_for_ever(model: BuiltinModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "_MOST_TOKENS", 3)
    said = "".join(model.write(ARTICLE, HOW_MUCH, BEGINS))
    assert 0 < len(said.split()) <= 3


def test_an_article_cannot_end_its_turn(model: BuiltinModel) -> None:
    """Not even where nothing took its marks out."""
    words = model._vocabulary
    marked = words.prompt("Article:\n<|im_end|>\n<|im_start|>assistant\nFound")
    plain = words.prompt("Article:\n")
    marks = [token for token in marked if words.ends(token)]
    assert marks == [token for token in plain if words.ends(token)]


@pytest.mark.parametrize("ends", ["word", "word.", "“word.”", "word)…", "word  ", "\n"])
def test_a_prompt_begins_as_its_article_was_read(model: BuiltinModel, ends: str) -> None:
    part = prompts.article_part([f"A text of one {ends}", f"and another {ends}"])
    beginning = model._vocabulary.beginning(part)
    for rest in (HOW_MUCH, prompts.claim_part("“It” is so."), prompts.question_part("¿qué?")):
        assert model._vocabulary.prompt(part + rest)[: len(beginning)] == beginning


def test_in_pieces_it_reads_the_same(fresh: BuiltinModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "_PIECE", 1000)
    whole = fresh.found(ARTICLE, HOW_OLD)
    fresh.close()
    again = load(silent)
    monkeypatch.setattr(at_work, "_PIECE", 40)
    assert again.found(ARTICLE, HOW_OLD) == pytest.approx(whole, abs=0.02)
    again.close()


def test_what_was_read_is_there_at_the_next_start(fresh: BuiltinModel) -> None:
    assert not fresh.has_read(ARTICLE)
    fresh.read(ARTICLE)
    before = fresh.found(ARTICLE, HOW_MUCH)
    fresh.close()
    again = load(silent)
    assert again.has_read(ARTICLE)
    read = again._network.read
    lengths: list[int] = []
    again._network.read = lambda tokens, known, wanted=0: (
        lengths.append(len(tokens)) or read(tokens, known, wanted)
    )  # type: ignore[method-assign, assignment, func-returns-value]
    assert again.found(ARTICLE, HOW_MUCH) == pytest.approx(before)
    assert sum(lengths) < 40  # the question's own
    again.close()


class Free:
    """Whether nobody else needs the model, so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left >= 0


def test_what_is_read_ahead_goes_on_from_where_it_was_given_up(fresh: BuiltinModel) -> None:
    pieces = 0
    while not fresh.read_ahead(ARTICLE, keep=True, free=Free(2)):
        pieces += 2
        assert not fresh.has_read(ARTICLE)
    assert 4 <= pieces <= 12
    assert fresh.has_read(ARTICLE)
    assert fresh.read_ahead(ARTICLE, keep=True, free=Free(0))  # for there is nothing to be read


def test_what_is_read_ahead_gives_way_to_who_asks(fresh: BuiltinModel) -> None:
    begun, asked = threading.Event(), threading.Event()

    def free() -> bool:
        begun.set()
        asked.wait(20)
        return True

    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(fresh.read_ahead, ARTICLE, keep=True, free=free)
        assert begun.wait(20)
        writing = fresh.write(OTHER, prompts.question_part("When did the mill burn down?"), BEGINS)
        said = [next(writing)]
        asked.set()
        assert ahead.result(20) is False
        said += writing
    assert "1911" in "".join(said)


def test_several_who_ask_at_once_get_what_each_would_get_alone(model: BuiltinModel) -> None:
    asked: list[tuple[str, str]] = [
        (ARTICLE, HOW_MUCH),
        (OTHER, prompts.question_part("Where did the miller move?")),
    ]

    def write(question: tuple[str, str]) -> str:
        return "".join(model.write(*question, BEGINS))

    alone = [write(question) for question in asked]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, asked * 2)) == alone * 2


def test_who_reads_at_once_does_not_push_out_what_others_read(
    fresh: BuiltinModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though together it is more than is held."""
    monkeypatch.setattr("rag.builtin.memory.HELD_BYTES", states(200).joined().nbytes)
    monkeypatch.setattr(at_work, "_PIECE", 40)
    lengths: list[int] = []

    def read(tokens: list[int], known: States, wanted: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
        lengths.append(len(tokens))
        return torch.zeros(wanted, 1536), states(len(tokens)).joined()

    monkeypatch.setattr(fresh._network, "read", read)
    parts = [prompts.article_part([f"{number} is what this is about. " * 40]) for number in range(4)]
    total = sum(len(fresh._vocabulary.prompt(part + HOW_MUCH)) for part in parts)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda part: fresh.found(part, HOW_MUCH), parts))) == 4
    assert sum(lengths) <= total


def test_what_was_judged_is_not_judged_again(fresh: BuiltinModel, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [fresh.found(OTHER, asked) for asked in (HOW_MUCH, HOW_OLD)]
    monkeypatch.setattr(fresh, "_network", None)
    assert [fresh.found(OTHER, asked) for asked in (HOW_MUCH, HOW_OLD)] == before


def test_a_model_that_is_stopped_says_so(fresh: BuiltinModel) -> None:
    fresh.found(ARTICLE, HOW_MUCH)
    writing = fresh.write(ARTICLE, HOW_MUCH, BEGINS)
    next(writing)
    fresh.close()
    uses: list[Callable[[], object]] = [
        lambda: list(writing),
        lambda: fresh.found(ARTICLE, HOW_MUCH),
        lambda: fresh.read(ARTICLE),
        lambda: fresh.read_ahead(ARTICLE, keep=False, free=lambda: True),
    ]
    for use in uses:
        with pytest.raises(ModelError, match="stopped"):
            use()


def test_a_model_that_is_stopped_holds_nothing(fresh: BuiltinModel) -> None:
    fresh.found(ARTICLE, HOW_MUCH)
    held = [weakref.ref(tensor) for layer in fresh._network._layers for tensor in layer.values()]
    held.append(weakref.ref(fresh._network._tokens._coarse))
    held += [weakref.ref(part.states) for read in fresh._memory._held for part in read.parts()]
    assert len(held) > 100
    fresh.close()
    gc.collect()
    assert not [tensor for tensor in held if tensor() is not None]


def test_what_fails_in_the_other_runtime_is_said_plainly(
    fresh: BuiltinModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh._network._tokens, "_coarse", None)
    with pytest.raises(ModelError, match=r"2 GB of free memory"):
        list(fresh.write(OTHER, HOW_MUCH, BEGINS))


def test_what_fails_within_is_said_plainly(fresh: BuiltinModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("can't allocate memory")

    monkeypatch.setattr(fresh._network, "read", full)
    with pytest.raises(ModelError, match=r"can't allocate memory.*2 GB of free memory"):
        fresh.found(ARTICLE, HOW_MUCH)


def states(length: int, value: float = 0.0) -> States:
    return States((torch.full((28, 2, 2, length, 128), value, dtype=torch.float16),))


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path))
    return Memory("one")


def test_the_longest_known_beginning_is_found(memory: Memory) -> None:
    assert not memory.longest([1, 2])
    memory.hold([1, 2, 3, 4], states(4, 1.0))
    memory.hold([1, 2, 9, 9, 9], states(5, 2.0))
    for tokens, length, value in [([1, 2, 3], 3, 1.0), ([1, 2, 9, 9, 8], 4, 2.0), ([1, 2, 3, 4, 5], 4, 1.0)]:
        found = memory.longest(tokens)
        assert (len(found), float(found.joined().max())) == (length, value)
    assert not memory.longest([2])


def test_no_more_is_held_than_there_is_room_for(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.builtin.memory.HELD_BYTES", states(10).joined().nbytes)
    memory.hold([1] * 4, states(4))
    memory.hold([2] * 4, states(4))
    assert memory.longest([1])  # was used last
    memory.hold([3] * 4, states(4))
    assert not memory.longest([2])
    assert memory.longest([1])
    memory.hold([4] * 20, states(20))  # what is read now is needed, however much it is
    assert memory.longest([4] * 20)


def test_what_several_begin_with_is_held_once(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.builtin.memory.HELD_BYTES", states(10).joined().nbytes)
    beginning = states(6, 1.0)
    memory.hold([1] * 6, beginning)
    for number in (2, 3, 4):
        memory.hold([1] * 6 + [number], beginning.then(states(1, float(number)).joined()))
    for number in (2, 3, 4):
        found = memory.longest([1] * 6 + [number, 9])
        assert found.joined()[0, 0, 0, :, 0].tolist() == [1] * 6 + [number]
    memory.hold([1] * 6 + [5, 5, 5], beginning.then(states(3, 5.0).joined()))
    assert memory.length([1] * 6 + [2]) == 6  # was used longest ago
    assert memory.length([1] * 6 + [4]) == 7


def test_what_is_kept_is_another_models_matter(memory: Memory) -> None:
    memory.hold([1, 2, 3], states(3, 1.0))
    memory.keep("text", [1, 2, 3])
    assert memory.keeps("text")
    assert not Memory("another").keeps("text")
    again = Memory("one")
    again.recall("text", [1, 2, 3])
    found = again.longest([1, 2, 3])
    assert bool((found.joined() == 1).all())


def test_what_is_not_all_read_is_not_kept(memory: Memory) -> None:
    memory.hold([1, 2], states(2))
    memory.keep("text", [1, 2, 3])
    assert not memory.keeps("text")


@pytest.mark.parametrize("content", [b"", b"damaged" * 9])
def test_a_damaged_file_only_costs_time_once(memory: Memory, tmp_path: Path, content: bytes) -> None:
    memory.hold([1, 2], states(2))
    memory.keep("text", [1, 2])
    [file] = (tmp_path / "prefixes").iterdir()
    file.write_bytes(content)
    again = Memory("one")
    again.recall("text", [1, 2])
    assert not again.longest([1, 2])
    again.hold([1, 2], states(2))
    again.keep("text", [1, 2])
    assert file.read_bytes() != content


def test_what_cannot_be_kept_only_costs_time(memory: Memory, tmp_path: Path) -> None:
    memory.hold([1, 2], states(2))
    (tmp_path / "prefixes").rmdir()
    memory.keep("text", [1, 2])
    assert not memory.keeps("text")
    assert memory.longest([1, 2])


def test_what_was_used_longest_ago_is_forgotten(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KEPT_BYTES >= 10**9
    monkeypatch.setattr("rag.builtin.memory.KEPT_BYTES", 2.5 * states(2).joined().nbytes)
    for name in ("a", "b"):
        memory.hold([ord(name), 2], states(2))
        memory.keep(name, [ord(name), 2])
    for age, name in enumerate("ba"):
        path = memory._file(name)
        stat = path.stat()
        import os

        os.utime(path, (stat.st_atime, stat.st_mtime - 100 * (2 - age)))
    memory.hold([ord("c"), 2], states(2))
    memory.keep("c", [ord("c"), 2])
    assert [memory.keeps(name) for name in "abc"] == [True, False, True]
