"""Questions to begin with, made from the article by the model."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from index import Article
from index.paths import data_dir
from rag import prompts
from rag.answers import Answer
from rag.evidence import Evidence, Excerpt
from rag.models import LanguageModel

__all__ = ["forget", "suggest"]

COUNT = 4
_PART = 1200  # characters that are read for one question
_TELLING = 90  # characters from which a paragraph says enough to ask about

_making = threading.Lock()
_removed: set[str] = set()  # articles that were removed while their questions were made
_in_vain: set[tuple[str, str]] = set()  # articles and models that gave none: not tried twice by one process


def suggest(
    articles: Sequence[Article],
    model: LanguageModel,
    ask: Callable[[str], Answer],
    pause: Callable[[], None] = lambda: None,
) -> list[str]:
    """Return a few questions that the articles answer, in their order; made once for each article, and kept.

    The model is shown one part of the article at a time and names a question that the part answers. The question
    is asked as a reader would, and dropped unless the answer passes every check. If none is left, nothing is kept:
    another model, or the next start, may find some. They are made for one article at a time, so that whoever else
    wants them waits and finds them made.

    Args:
        articles: What to ask about; the first one counts.
        model: What makes the questions.
        ask: Answers one about the articles.
        pause: Called before each use of the model; it may wait until nobody else needs it.

    Returns:
        Up to four questions.

    Raises:
        ModelError: If the model fails.
    """
    article = articles[0]
    file = _file(article.id)
    if kept := _kept(file):
        return kept
    _removed.discard(article.id)
    with _making:
        if (kept := _kept(file)) or (article.id, model.name) in _in_vain:
            return kept
        questions = _made(article, model, ask, pause)
        if article.id in _removed:
            return []
        if questions:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(questions, ensure_ascii=False))
        else:
            _in_vain.add((article.id, model.name))
    return questions


def _kept(file: Path) -> list[str]:
    try:
        kept = json.loads(file.read_text())
    except (OSError, ValueError):
        return []
    return [str(question) for question in kept][:COUNT] if isinstance(kept, list) else []


def _made(
    article: Article, model: LanguageModel, ask: Callable[[str], Answer], pause: Callable[[], None]
) -> list[str]:
    questions: list[str] = []
    for evidence in _parts(article):
        pause()
        part = prompts.article_part(evidence.texts)
        text = "".join(
            piece.text for piece in model.stream(part, prompts.question_part(prompts.SUGGEST), remember=False)
        )
        question = " ".join(text.removeprefix(prompts.FOUND).split())
        well_put = question.endswith("?") and 12 < len(question) < 120 and question not in questions
        if not well_put:
            continue
        pause()
        if ask(question).status == "answered":
            questions.append(question)
    return questions


def forget(article_id: str) -> None:
    """Delete the questions that were made of an article, and those that are being made."""
    _removed.add(article_id)
    _file(article_id).unlink(missing_ok=True)


def _file(article_id: str) -> Path:
    return data_dir() / "suggestions" / f"{article_id}.json"


def _parts(article: Article) -> list[Evidence]:
    """Return a few stretches spread over the article, each short enough to be read in a second or two."""
    paragraphs = [b for b in article.blocks if b.kind == "paragraph"]
    blocks = [b for b in paragraphs if b.end - b.start > _TELLING] or paragraphs
    step = max(1, len(blocks) // COUNT)
    chosen = blocks[::step][:COUNT]
    return [Evidence([Excerpt(article, b.start, min(b.end, b.start + _PART))]) for b in chosen]
