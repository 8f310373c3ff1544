"""What torch is imported without."""

from tests.processes import run_python

IMPORTS = """
import sys
import rag
from ui.quick_torch import import_torch
import_torch(rag.ArticleChat())
assert "torch" in sys.modules
assert "torch._refs" not in sys.modules
import torch
assert torch.arange(4).sum() == 6
import torch._meta_registrations
assert "torch._refs" in sys.modules
print("DONE")
"""


def test_torch_is_imported_without_what_compiles_and_has_it_later() -> None:
    done = run_python(IMPORTS)
    assert done.stdout == "DONE\n", done.stderr
