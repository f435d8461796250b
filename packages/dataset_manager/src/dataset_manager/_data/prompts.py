"""Prompt templates: an instruction, worked examples and the question.

The templates are those of the benchmarks' authors, or the usual ones where they publish none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .._core.canonical import canonical
from .._core.errors import UnknownOptionError
from .._core.streams import key
from .dataset import Dataset
from .item import Item, choice_label, value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A prompt template.

    ``{...}`` stands for ``question``, ``choices`` (lettered, one a line), ``prompt`` (as the
    benchmark gives it), ``answer`` (what an example shows), ``letters``, ``id`` or a field of the
    metadata; ``{subject:words}`` is without underscores, ``{{`` is a brace.

    Attributes:
        name: Its name.
        instruction: The text before everything else; may be empty. A field that the item lacks is
            taken from the first example.
        question: The question, as it is asked and as examples show it.
        answer: What follows the question in an example.
        cue: What follows the question that is asked.
        separator: What stands between the parts.
        choice: How a choice is written, with ``{letter}`` and ``{choice}``.
        match: A field in which examples must agree with the question, such as the subject.
    """

    name: str
    instruction: str = ""
    question: str = "{question}"
    answer: str = " {answer}"
    cue: str = ""
    separator: str = "\n\n"
    choice: str = "{letter}. {choice}"
    match: str | None = None

    def render(self, item: Item, examples: tuple[Item, ...] = ()) -> str:
        """The prompt.

        Args:
            item: The item.
            examples: Worked examples, shown before it with their answers.

        Raises:
            ValueError: The template names a field that an item does not have.
        """
        # The examples of BIG-Bench Hard describe the task, not its questions.
        first = next(iter(examples), item)
        about = Item(item.id, item.input, item.expected, {**first.metadata, **item.metadata})
        parts = [self._fill(self.instruction, about)] if self.instruction else []
        parts += [
            self._fill(self.question, each) + self._fill(self.answer, each) for each in examples
        ]
        return self.separator.join([*parts, self._fill(self.question + self.cue, item)])

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the template."""
        return sha256(canonical(self.to_dict()).encode("utf-8", "backslashreplace")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The template as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}

    def _fill(self, text: str, item: Item) -> str:
        lines = [
            self.choice.replace("{letter}", choice_label(position)).replace("{choice}", choice)
            for position, choice in enumerate(item.choices)
        ]
        letters = [choice_label(position) for position in range(len(lines))]
        known = {
            "question": item.question,
            "choices": "\n".join(lines),
            "letters": ", ".join(letters),
            "id": item.id,
            "prompt": str(item),
            "answer": _answer(item),
        }
        return _filled(text, known, item)


def _answer(item: Item) -> str:
    first = item.expected[0] if isinstance(item.expected, list | tuple) else item.expected
    if item.choices and isinstance(first, int):
        return choice_label(first)
    return str(first)


def _filled(text: str, known: Mapping[str, str], item: Item) -> str:
    """Written in one pass, so that braces in a question are not taken for names."""

    def value(found: re.Match[str]) -> str:
        name, words = found.groups()
        if name is None:
            return found[0][0]
        filled = known[name] if name in known else str(value_of(item, name))
        return filled.replace("_", " ") if words else filled

    return _PLACE.sub(value, text)


_PLACE = re.compile(r"\{\{|\}\}|\{([A-Za-z_][\w.]*)(:words)?\}")
# In the prompts of MMLU two spaces follow it.
_ABOUT = "The following are multiple choice questions (with answers) about "
_MULTIPLE_CHOICE = "{question}\n{choices}\nAnswer:"
TEMPLATES: Mapping[str, PromptTemplate] = {
    template.name: template
    for template in (
        PromptTemplate(name="plain"),
        PromptTemplate(name="choice", question=_MULTIPLE_CHOICE),
        PromptTemplate(
            name="mmlu",
            instruction=f"{_ABOUT} {{subject:words}}.",
            question=_MULTIPLE_CHOICE,
            match="subject",
        ),
        PromptTemplate(
            name="mmlu_pro",
            instruction=(
                f"{_ABOUT}{{category:words}}. Think step by step and then finish your answer with"
                ' "the answer is (X)" where X is the correct letter choice.'
            ),
            question="Question:\n{question}\nOptions:\n{choices}\n",
            answer="Answer: {reasoning}",
            cue="Answer: Let's think step by step.",
            match="category",
        ),
        PromptTemplate(
            name="gsm8k",
            question="Question: {question}\nAnswer:",
            answer=" {reasoning}\n#### {answer}",
        ),
        PromptTemplate(name="mbpp", question="{question}\n[BEGIN]\n", answer="{answer}\n[DONE]"),
        PromptTemplate(name="humaneval", question="{question}"),
        PromptTemplate(name="bbh", question="Q: {prompt}\nA:", answer=" {target}", match="task"),
        PromptTemplate(
            name="bbh_cot",
            instruction="{description}",
            question="Q: {prompt}\nA: Let's think step by step.",
            answer="\n{reasoning}",
            match="task",
        ),
        PromptTemplate(
            name="bbh_direct",
            instruction="{description}",
            question="Q: {prompt}\nA:",
            answer=" {target}",
            match="task",
        ),
        PromptTemplate(name="arc_challenge", question="Question: {question}\n{choices}\nAnswer:"),
        PromptTemplate(name="truthfulqa", question="Q: {question}\n{choices}\nA:"),
    )
}


def template_for(dataset: Dataset) -> PromptTemplate:
    """The template of a benchmark; for other data sets ``choice`` or ``plain``.

    Args:
        dataset: The data set.

    Returns:
        The template.
    """
    name = "mmlu" if dataset.name == "mmlu_stem" else dataset.name
    if name in TEMPLATES:
        return TEMPLATES[name]
    return TEMPLATES["choice" if dataset.scorer == "choice" else "plain"]


def with_prompts(
    dataset: Dataset,
    template: PromptTemplate | str | None = None,
    *,
    examples: Dataset | None = None,
    shots: int | None = None,
    seed: int | None = None,
) -> Dataset:
    """The data set with the prompt of every item written out; ``str(item)`` gives it.

    The metadata records under ``prompt`` the template with its hash, the ids of the examples and
    the hash of the data set that they come from.

    Args:
        dataset: The data set.
        template: A template or the name of one; that of the benchmark when left out.
        examples: Where examples come from, such as the dev split of MMLU; none when left out.
        shots: How many examples; all that fit when left out.
        seed: Draws them; the first that fit when left out, as the authors of MMLU do.

    Returns:
        A data set with the same ids, answers and scorer.

    Raises:
        UnknownOptionError: No template has this name.
        ValueError: There are fewer examples than asked for, or a field is missing.
    """
    chosen = _template(dataset, template)
    pool = list(examples if examples is not None else ())
    if seed is not None:
        pool.sort(key=lambda item: key(seed, "shots", item.id))
    by_match: dict[str, list[Item]] = {}
    for item in pool:
        by_match.setdefault(_match(chosen, item), []).append(item)
    used: dict[str, None] = {}
    items = []
    for item in dataset:
        shown = _shown(chosen, item, by_match, shots)
        used |= dict.fromkeys(each.id for each in shown)
        items.append(_asked(item, chosen.render(item, shown)))
    noted = {
        **chosen.to_dict(),
        "sha256": chosen.fingerprint,
        "shots": 0 if examples is None else shots,
        "seed": seed,
        "examples": list(used),
        "examples_from": None if examples is None else f"{examples.name} {examples.split}".strip(),
        "examples_hash": None if examples is None else examples.content_hash,
    }
    return dataset.with_items(items, prompt=noted)


def _template(dataset: Dataset, template: PromptTemplate | str | None) -> PromptTemplate:
    if template is None:
        return template_for(dataset)
    if isinstance(template, PromptTemplate):
        return template
    if template not in TEMPLATES:
        known = sorted(TEMPLATES)
        raise UnknownOptionError(template, known, dataset=dataset.name, option="template")
    return TEMPLATES[template]


def _match(template: PromptTemplate, item: Item) -> str:
    return "" if template.match is None else str(value_of(item, template.match))


def _shown(
    template: PromptTemplate, item: Item, by_match: Mapping[str, list[Item]], shots: int | None
) -> tuple[Item, ...]:
    """The examples of an item. It is never its own example."""
    if not by_match:
        return ()
    fitting = [
        each
        for each in by_match.get(_match(template, item), ())
        if each.id != item.id and (each.question, each.choices) != (item.question, item.choices)
    ]
    if shots is not None and len(fitting) < shots:
        alike = f" with its {template.match}" if template.match else ""
        raise ValueError(
            f"shots: {shots} examples were requested, but item {item.id!r} has"
            f" {len(fitting)}{alike}"
        )
    return tuple(fitting[:shots])


def _asked(item: Item, prompt: str) -> Item:
    """The item with its prompt beside its question, so that it is scored as before."""
    given = dict(item.input) if isinstance(item.input, Mapping) else {"question": item.input}
    return Item(item.id, {**given, "prompt": prompt}, item.expected, item.metadata)
