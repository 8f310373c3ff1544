"""The built-in model's start. Importing torch takes two seconds; what does not need it is done meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from index.indexing import Progress
from rag.builtin.files import TOKENIZER, layers, prepared
from rag.builtin.vocabulary import Vocabulary
from rag.errors import FAILED, STOPPED, ModelError
from rag.heap import give_back

if TYPE_CHECKING:
    from rag.builtin.model import BuiltinModel

__all__ = ["load"]


def load(progress: Progress) -> "BuiltinModel":
    """Load the built-in model, making it ready on the first start.

    Args:
        progress: Called with what is going on and how much of it is done, from 0 to 1.

    Raises:
        ModelError: If it is missing or damaged, or there is no room for it.
        ImportError: If torch or another library is not installed as it should be.
    """
    directory = prepared(progress)
    try:
        with ThreadPoolExecutor(1) as pool:
            try:
                vocabulary = pool.submit(_vocabulary, directory)
            except RuntimeError:  # the program is about to end, and starts no more threads
                raise ModelError(STOPPED) from None
            from rag.builtin.memory import Memory
            from rag.builtin.model import BuiltinModel
            from rag.builtin.network import Network

            own = layers(directory, progress)
            progress("Loading the language model", 0.9)
            network = Network(directory, own)
            return BuiltinModel(vocabulary.result(), network, Memory(directory.name))
    except (ModelError, ImportError):  # it is closed meanwhile; torch is not installed as it should be
        raise
    except (RuntimeError, MemoryError) as error:  # torch says both
        raise ModelError(FAILED.format(error)) from error
    except Exception as error:  # tokenizers has no narrower one
        raise ModelError(
            f"The language model in {directory} is damaged ({error}). Delete that folder, and it is made anew."
        ) from error


def _vocabulary(directory: Path) -> Vocabulary:
    vocabulary = Vocabulary(directory / TOKENIZER)
    give_back()  # reading it takes 90 MB that would lie below all that comes after it
    return vocabulary
