"""Markdown becomes parts: the text without the markup, and the structure that the markup gave it."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from index.articles import Article, Part
from index.loaders.joining import without_gap
from index.structure import FRONT_MATTER

_NOTED = re.compile(r"\[\^([^\]\s]+)\]")
"""Where a footnote belongs: ``[^1]``."""
_UNSAID = re.compile(r"<(/?)(del|s|strike|script|style)\b", re.IGNORECASE)


def read_markdown(text: str, *, title: str | None = None, source: str) -> Article:
    """The article of a Markdown text. Its front matter is no part of the text, and names title, author and date.

    Raises:
        ArticleError: if there is no text in it.
    """
    known, body = _front_matter(text)
    date = re.match(r"\d{4}-\d{2}-\d{2}", known.get("date", ""))
    return Article.from_parts(
        parse_markdown(body),
        title=title or known.get("title"),
        source=source,
        author=known.get("author") or known.get("authors"),
        date=date.group() if date else None,
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """What the lines between two rules at the beginning say, and the text after them.

    Only ``key: value`` and lists are read of YAML, which need no library that can do more.
    """
    found = FRONT_MATTER.match(text)
    if not found:
        return {}, text
    known: dict[str, str] = {}
    key = ""
    folded = False  # whether the value stands on the lines below
    for line in found.group(1).splitlines():
        item = re.match(r"\s*-\s+(?:name:\s*)?(.*)", line)
        pair = re.match(r"([\w-]+):\s*(.*)", line)
        if item and key:
            known[key] = ", ".join(filter(None, (known[key], _value(item.group(1)))))
        elif pair:
            key = pair.group(1).lower()
            folded = re.fullmatch(r"[>|][+-]?", pair.group(2).strip()) is not None
            known[key] = "" if folded else _value(pair.group(2))
        elif folded:
            known[key] = f"{known[key]} {line.strip()}".strip()
    return known, text[found.end() :]


def _value(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        return ", ".join(_value(item.strip()) for item in text[1:-1].split(","))
    quoted = re.fullmatch(r"([\"'])(.*)\1", text.strip())
    return quoted.group(2) if quoted else text.strip()


def parse_markdown(text: str) -> Iterator[Part]:
    """The parts of a Markdown text, in reading order. Of HTML inside it the text stays; pictures are left out."""
    level = 0  # of the open heading
    numbers: list[
        int | None
    ] = []  # for each open list, the number of its next item; None where it has bullets
    marker = ""  # of the item that has just been opened
    rows: list[list[str]] = []
    in_table = False
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.block.ruler.before("reference", "footnote", _footnote)  # which takes "[^1]: Text" for a link
    for token in parser.parse(text):
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open":
                number = numbers[-1]
                marker = "• " if number is None else f"{number}. "
                numbers[-1] = None if number is None else number + 1
            case "table_open":
                in_table = True
            case "tr_open":
                rows.append([])
            case "table_close":
                yield Part("table", "\n".join(" | ".join(row) for row in rows))
                rows, in_table = [], False
            case "html_block":
                yield from _html(token.content)
            case "fence" | "code_block":
                yield Part("code", token.content.rstrip("\n"))
            case "inline":
                content = _plain(token)
                if in_table:
                    rows[-1].append(content.replace("\n", " "))
                elif level:
                    yield Part("heading", content, level)
                elif token.meta.get("footnote"):
                    yield Part("footnote", content)
                elif numbers:
                    yield Part("list", marker + content)
                    marker = ""
                else:
                    yield Part("paragraph", content)


def _footnote(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A rule for markdown-it: a note goes on to the next one, or to an empty line."""

    def line(number: int) -> str:
        return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]

    note = re.match(r"\[\^([^\]\s]+)\]:", line(first))
    if note is None:
        return False
    end = first + 1
    while end < last and line(end) and not line(end).startswith("[^"):
        end += 1
    if not silent:
        text = "\n".join([line(first)[note.end() :].strip(), *map(line, range(first + 1, end))])
        inline = state.push("inline", "", 0)
        inline.content, inline.children, inline.meta = f"[^{note.group(1)}] {text}", [], {"footnote": True}
        state.line = end
    return True


def _html(text: str) -> Iterator[Part]:
    from index.loaders.archive import parse_html
    from index.loaders.blocks import parts
    from index.loaders.signs import write_out

    root = parse_html(f"<div>{text}</div>")
    write_out(root)
    yield from parts(root)


def _plain(token: Token) -> str:
    """The words of an inline token. A line that is only wrapped in the source goes on."""
    words: list[str] = []
    raised = False
    children = token.children or []
    said = _said(children)
    for child in said:
        if child.type in ("text", "code_inline"):
            content = _NOTED.sub(r"[\1]", child.content) if child.type == "text" else child.content
            words.append("^" * (raised and content.isdigit()) + content)
        elif child.type == "softbreak":
            words.append(" ")
        elif child.type == "hardbreak" or re.match(r"<br\b", child.content, re.IGNORECASE):
            words.append("\n")
        raised = child.type == "html_inline" and child.content.lower() == "<sup>"
    text = "".join(words).strip()
    return text if len(said) == len(children) else without_gap(text)


def _said(children: Sequence[Token]) -> list[Token]:
    """The parts of a text without those that are struck out, or that are no text, such as a script."""
    said: list[Token] = []
    opened: list[tuple[str, int]] = []
    for child in children:
        tag = _UNSAID.match(child.content) if child.type == "html_inline" else None
        name = tag.group(2).lower() if tag else child.type.partition("_")[0]
        closes = tag.group(1) if tag else child.type == "s_close"
        if closes and opened and opened[-1][0] == name:
            del said[opened.pop()[1] :]
        elif child.type == "s_open" or (tag and not closes):
            opened.append((name, len(said)))
        else:
            said.append(child)
    return said
