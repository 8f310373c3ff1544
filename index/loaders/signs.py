"""What HTML says by its markup alone, written out: raised digits, notes, quotation marks, formulas, what is struck."""

import re
from typing import Any

from index.loaders.blocks import words

_NOTE = re.compile(r"\[?\(?([\w*†‡§]{1,4})\)?\]?")
_TEX = ".//*[local-name()='annotation'][@encoding='application/x-tex']"
_STRUCK = "descendant::*[self::del or self::s or self::strike or contains(@style, 'line-through')]"


def write_out(root: Any) -> None:
    """Write out what only stands higher, is quoted, or is set as a formula, below an element.

    9² becomes 9^2, and the number of a note [3]: otherwise the digits run into the word or number before them. A link
    that is only a sign, such as the arrow from a note back to its place, is left out, and so is what is deleted or
    struck out, which the article says no more: of "<s>$50</s> $30" the old price.
    """
    for element in root.xpath(_STRUCK):
        if re.match(r"\s*[.,;:!?)]", element.tail or ""):
            _strip_before(element)
        element.drop_tree()
    for element in list(root.iter("sup")):
        text = words(element)
        linked = element.find(".//a") is not None or element.getparent().tag == "a"
        note = _NOTE.fullmatch(text) if linked else None
        if note:
            _become(element, f"[{note.group(1)}]")
        elif re.fullmatch(r"[+\-−–]?\d+", text):
            _become(element, f"^{text}")
    for element in list(root.iter("a")):
        kind = f"{element.get('role') or ''} {element.get('epub:type') or ''}"
        text = words(element)
        if "noteref" in kind and (note := _NOTE.fullmatch(text)):
            _become(element, f"[{note.group(1)}]")
        elif (element.get("href") or "").startswith("#") and not re.search(r"\w|[*†‡§]", text):
            _become(element, "")
    for element in list(root.iter("math")):
        source = element.xpath(_TEX)
        _become(element, (source[0].text if source else element.get("alttext")) or words(element))
    for element in list(root.iter("q")):
        element.text = f"“{element.text or ''}"
        if len(element):
            element[-1].tail = f"{element[-1].tail or ''}”"
        else:
            element.text += "”"
        element.tag = "span"


def _strip_before(element: Any) -> None:
    """Take away the white space before an element."""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "").rstrip()
    elif (above := element.getparent()) is not None:
        above.text = (above.text or "").rstrip()


def _become(element: Any, text: str) -> None:
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "span", text
