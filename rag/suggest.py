"""Questions to begin with, made from the article by the model."""

import json
from collections.abc import Sequence

from index import Article
from index.paths import data_dir
from rag import prompts
from rag.chain import THRESHOLDS
from rag.evidence import Evidence, Excerpt
from rag.models import LanguageModel

__all__ = ["suggest"]

COUNT = 4
_PART = 1200  # characters that are read for one question
_TELLING = 90  # characters from which a paragraph says enough to ask about


def suggest(articles: Sequence[Article], model: LanguageModel) -> list[str]:
    """Return a few questions that the articles answer, in their order; made once for each article, and kept.

    The model is shown one part of the article at a time and names a question that the part answers. It is asked
    again, as a reader's question would be, and the question is dropped if the model does not find the answer.

    Args:
        articles: What to ask about; the first one counts.
        model: What makes the questions.

    Returns:
        Up to four questions.

    Raises:
        ModelError: If the model fails.
    """
    article = articles[0]
    file = data_dir() / "suggestions" / f"{article.id}.json"
    try:
        kept = json.loads(file.read_text())
        if isinstance(kept, list):
            return [str(question) for question in kept][:COUNT]
    except (OSError, ValueError):
        pass
    questions: list[str] = []
    for evidence in _parts(article):
        part = prompts.article_part(evidence.texts)
        text = "".join(
            piece.text for piece in model.stream(part, prompts.question_part(prompts.SUGGEST), remember=False)
        )
        question = " ".join(text.removeprefix(prompts.FOUND).split())
        if question.endswith("?") and 12 < len(question) < 120 and question not in questions:
            pieces = model.stream(part, prompts.question_part(question), remember=False)
            found = next(pieces, None)
            if found and (found.found is None or found.found >= THRESHOLDS["strict"]):
                questions.append(question)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(questions, ensure_ascii=False))
    return questions


def _parts(article: Article) -> list[Evidence]:
    """Return a few stretches spread over the article, each short enough to be read in a second or two."""
    paragraphs = [b for b in article.blocks if b.kind == "paragraph"]
    blocks = [b for b in paragraphs if b.end - b.start > _TELLING] or paragraphs
    step = max(1, len(blocks) // COUNT)
    chosen = blocks[::step][:COUNT]
    return [Evidence([Excerpt(article, b.start, min(b.end, b.start + _PART))]) for b in chosen]
