"""Markdown becomes parts: the text without the markup, and the structure that the markup gave it."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.articles import Part


def parse_markdown(text: str) -> Iterator[Part]:
    """The parts of a Markdown text, in reading order. HTML inside it and pictures are left out."""
    level = 0  # of the open heading
    numbers: list[
        int | None
    ] = []  # for each open list, the number of its next item; None where it has bullets
    marker = ""  # of the item that has just been opened
    rows: list[list[str]] = []
    in_table = False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
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
            case "fence" | "code_block":
                yield Part("code", token.content.rstrip("\n"))
            case "inline":
                content = _plain(token)
                if in_table:
                    rows[-1].append(content.replace("\n", " "))
                elif level:
                    yield Part("heading", content, level)
                elif numbers:
                    yield Part("list", marker + content)
                    marker = ""
                else:
                    yield Part("paragraph", content)


def _plain(token: Token) -> str:
    """The words of an inline token. A line that is only wrapped in the source goes on."""
    words: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type == "softbreak":
            words.append(" ")
        elif child.type == "hardbreak":
            words.append("\n")
    return "".join(words).strip()
