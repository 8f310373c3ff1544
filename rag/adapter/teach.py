"""Sentences to learn from: the base model says the known answer of each question in one sentence of its own.

    python -m rag.adapter.teach --squad FOLDER --out sentences.jsonl

The known answer is given to it, so that it only has to word it; ``examples.py`` drops what lost the answer or added
to it. Takes about 40 minutes on two cores for four articles.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

from rag.adapter.base import TRAINED_ON, load_model, load_tokenizer, read_squad

SUMMARIES = [
    "Summarize this in one or two sentences.",
    "What is this text about?",
    "Explain this simply.",
    "What are the main points?",
    "Give me the gist.",
]
_BATCH = 24


def jobs(articles: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the model is asked: a sentence for each answerable question, a summary of every other paragraph."""
    found = []
    for name, data in articles.items():
        for number, item in enumerate(data["questions"]):
            if not item["answerable"]:
                continue
            gold = most_common(item["answers"])
            found.append(
                _job(
                    name,
                    number,
                    "You write short, plain answers.",
                    f"Text: {data['paragraphs'][item['paragraph']]}\n\nQuestion: {item['question']}\n"
                    f"The answer, in the words of the text: {gold}\n\n"
                    "Write one short, complete sentence that answers the question. It contains the words "
                    f'"{gold}" exactly as they stand. Add nothing that the question does not ask for.',
                )
            )
        rng = random.Random(7)  # noqa: S311 - a seed for repeatable data, not a secret
        for number, paragraph in enumerate(data["paragraphs"]):
            if rng.random() < 0.5:
                found.append(
                    _job(
                        name,
                        -1 - number,
                        "You write short, plain summaries that keep to the words of the text.",
                        f"Text: {paragraph}\n\n{rng.choice(SUMMARIES)} "
                        "At most two short sentences, close to the words of the text.",
                    )
                )
    return found


def most_common(answers: list[str]) -> str:
    """Return the answer that most annotators gave, the shorter one if as many did."""
    return max(set(answers), key=lambda text: (answers.count(text), -len(text)))


def _job(article: str, number: int, system: str, user: str) -> dict[str, Any]:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    return {"article": article, "question": number, "messages": messages}


def main() -> None:
    """Write a line of JSON for each sentence: the article, the question's number, the text."""
    import torch
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, required=True, help="a folder of SQuAD articles as JSON")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tokenizer, model = load_tokenizer(), load_model()
    tokenizer.padding_side = "left"
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    todo = jobs(read_squad(options.squad, TRAINED_ON))
    texts = [
        tokenizer.apply_chat_template(job["messages"], tokenize=False, add_generation_prompt=True)
        for job in todo
    ]
    order = sorted(range(len(todo)), key=lambda k: len(texts[k]))
    with options.out.open("w") as out:
        for start in tqdm(range(0, len(order), _BATCH)):
            batch = order[start : start + _BATCH]
            inputs = tokenizer([texts[k] for k in batch], return_tensors="pt", padding=True)
            with torch.inference_mode():
                made = model.generate(**inputs, max_new_tokens=56, do_sample=False, eos_token_id=[end])
            said = tokenizer.batch_decode(made[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
            for k, text in zip(batch, said, strict=True):
                line = {"article": todo[k]["article"], "q": todo[k]["question"], "text": text.strip()}
                out.write(json.dumps(line) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
