"""What the page's toolkit does when it is imported."""

from tests.processes import run_python

IMPORTS = """
import inspect
import jinja2
made = []
render, file_of = jinja2.Template.render, inspect.getfile
jinja2.Template.render = lambda *given, **named: made.extend({"contents"} & {*named}) or render(*given, **named)
import ui.page
assert inspect.getfile is file_of
print(len(made))
"""


def test_the_page_is_imported_without_making_type_stubs() -> None:
    """Gradio makes one for each of its 80 components, from a template; that for our page comes after its import."""
    done = run_python(IMPORTS)
    assert done.stdout == "1\n", done.stderr
