"""The built-in model's files are made once, whole or not at all."""

import shutil
import threading
import time
from collections import namedtuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from index.indexing import Progress
from rag import ModelError, Settings
from rag.builtin import conversion, files, layer_files, products
from rag.builtin.files import layers, prepared
from rag.builtin.loading import load
from rag.builtin.network import Network
from rag.builtin.products import Way
from rag.models import LanguageModel

Usage = namedtuple("Usage", "total used free")
NAME = files._NAME


def silent(_what: str, _done: float) -> None:
    pass


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the published file is; what is made of it takes no time here."""
    published = tmp_path / "published.gguf"
    published.write_bytes(b"published")

    def convert(model: Path, target: Path, progress: Progress) -> None:
        progress("Making", 0.5)
        (target / "00.safetensors").write_bytes(model.read_bytes())

    monkeypatch.setattr(files, "builtin_model", lambda *_: published)
    monkeypatch.setattr(conversion, "convert_ends", convert)
    monkeypatch.setattr(conversion, "convert_layers", convert)
    return tmp_path


def test_it_is_made_once(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    made = prepared(lambda what, _: told.append(what))
    for_us = layers(made, lambda what, _: told.append(what))
    assert [file.read_bytes() for file in made.rglob("*.safetensors")] == [b"published"] * 2
    assert told.count("Making") == 2
    for convert in ("convert_ends", "convert_layers"):
        monkeypatch.setattr(conversion, convert, None)
    assert prepared(silent) == made
    assert layers(made, silent) == for_us


def test_layers_are_made_anew_for_another_processor(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose folder it is on may be moved, or shared."""
    made = prepared(silent)
    ours = layers(made, silent)
    monkeypatch.setattr(layer_files, "arrangement", lambda: "other-0123")
    theirs = layers(made, silent)
    assert theirs != ours
    assert {path for path in made.iterdir() if path.is_dir()} == {ours, theirs}


def test_what_was_interrupted_is_made_anew(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_model: Path, target: Path, _progress: Progress) -> None:
        (target / "00.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(conversion, "convert_ends", stopped)
        with pytest.raises(KeyboardInterrupt):
            prepared(silent)
    assert not list(models.glob(f"{NAME}*/"))
    (models / f"{NAME}-0123.partial").mkdir()  # what is left of one that was killed
    made = prepared(silent)
    assert [path for path in models.glob(f"{NAME}*") if path.is_dir()] == [made]
    with monkeypatch.context() as patch:
        patch.setattr(conversion, "convert_layers", stopped)
        with pytest.raises(KeyboardInterrupt):
            layers(made, silent)
    assert not list(made.glob("layers*"))
    assert [file.read_bytes() for file in layers(made, silent).iterdir()] == [b"published"]


def test_another_adapter_is_another_model(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    former = prepared(silent)
    other = models / "adapter.gguf"
    other.write_bytes(b"other")
    monkeypatch.setattr(files, "ADAPTER", other)
    made = prepared(silent)
    assert made != former
    assert not former.exists()


def test_a_full_disk_is_said_before_anything_is_written(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**10, 9 * 10**9, 10**9))
    with pytest.raises(ModelError, match=r"disk is full: the language model needs 1\.69 GB"):
        prepared(silent)
    assert not [path for path in models.glob(f"{NAME}*") if path.is_dir()]


def test_damaged_files_are_told_with_what_to_do(models: Path) -> None:
    made = prepared(silent)
    with pytest.raises(ModelError, match=f"{made.name} is damaged.*Delete that folder"):
        load(silent)


def test_missing_files_are_noticed(tmp_path: Path) -> None:
    for name in ("00", "01"):
        save_file({"norm.weight": torch.zeros(1)}, tmp_path / f"{name}.safetensors")
    with pytest.raises(ValueError, match="missing"):
        Network(tmp_path, tmp_path)


@pytest.mark.skipif(products.way() is Way.PLAIN, reason="weights have no file of their own")
def test_weights_that_were_cut_off_are_noticed(tmp_path: Path) -> None:
    layer = tmp_path / "00.safetensors"
    layer_files.save({"weight": products.arranged(torch.zeros(64, 64, dtype=torch.int8))}, layer)
    weights = layer.with_suffix(".weights")
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(ValueError, match="do not belong together"):
        layer_files.load(layer)


def test_who_closes_it_meanwhile_does_not_wait_for_it(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = LanguageModel(Settings())
    closing = threading.Thread(target=model.close)

    def convert(_model: Path, _target: Path, progress: Progress) -> None:
        closing.start()
        for _ in range(500):
            time.sleep(0.01)
            progress("Making", 0.5)
        raise AssertionError("It went on.")

    monkeypatch.setattr(conversion, "convert_layers", convert)
    with pytest.raises(ModelError, match="stopped"):
        model.start()
    closing.join(5)
    assert not closing.is_alive()
    assert not list(models.glob(f"{NAME}*/layers*"))
