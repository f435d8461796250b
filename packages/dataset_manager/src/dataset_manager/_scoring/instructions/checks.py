"""The 25 kinds of instructions of IFEval, each with its check (Zhou et al. 2023, arXiv:2311.07911).

Each follows the authors' program; where a pattern of theirs takes quadratic time, another one finds
the same. Every check takes the answer and the arguments of the instruction.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ..._core.extras import optional
from .splitting import count_sentences, tokens, words

Arguments = Mapping[str, Any]
Check = Callable[[str, Arguments], bool]

_FEWER = "less than"
_CONSTRAINED = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_FENCES = ("```json", "```Json", "```JSON", "```")
_BULLETS = (
    re.compile(r"^[^\S\n]*\*[^*].*$", re.MULTILINE),
    re.compile(r"^[^\S\n]*-.*$", re.MULTILINE),
)
_MARKS = frozenset(".,?!'\"")


def follows(answer: str, instruction: str, arguments: Arguments) -> bool:
    """Whether an answer follows an instruction; an empty answer follows none.

    Raises:
        KeyError: The instruction is not one of IFEval's.
    """
    check = CHECKS[instruction]
    return bool(answer.strip()) and check(answer, arguments)


def _compared(count: int, relation: str | None, bound: int) -> bool:
    return count < bound if relation == _FEWER else count >= bound


def _keywords(answer: str, of: Arguments) -> bool:
    return all(re.search(each, answer, re.IGNORECASE) for each in of["keywords"])


def _keyword_frequency(answer: str, of: Arguments) -> bool:
    found = len(re.findall(of["keyword"].strip(), answer, re.IGNORECASE))
    return _compared(found, of["relation"], int(of["frequency"]))


def _forbidden(answer: str, of: Arguments) -> bool:
    return not any(
        re.search(rf"\b{each}\b", answer, re.IGNORECASE) for each in of["forbidden_words"]
    )


def _letters(answer: str, of: Arguments) -> bool:
    found = Counter(answer.lower())[of["letter"].strip().lower()]
    return _compared(found, of["let_relation"], of["let_frequency"])


def _language(answer: str, of: Arguments) -> bool:
    return _is_in(answer, of["language"])


def _is_in(answer: str, language: str) -> bool:
    """Whether a text is in a language; a text in which none is seen counts as followed."""
    detect = optional("langdetect", extra="ifeval", purpose="the language of an answer")
    factory = optional("langdetect.detector_factory", extra="ifeval", purpose="languages")
    factory.init_factory()
    detector = factory._factory.create()  # noqa: SLF001  # the only way to a seed of its own
    detector.seed = 0
    try:
        detector.append(answer)
        return bool(detector.detect() == language)
    except detect.LangDetectException:
        return True


def _sentences(answer: str, of: Arguments) -> bool:
    return _compared(count_sentences(answer), of["relation"], of["num_sentences"])


def _paragraphs(answer: str, of: Arguments) -> bool:
    parts = re.split(r"\s?\*\*\*\s?", answer)
    if any(not part.strip() for part in parts[1:-1]):
        return False
    return sum(bool(part.strip()) for part in parts) == int(of["num_paragraphs"])


def _number_of_words(answer: str, of: Arguments) -> bool:
    return _compared(len(words(answer)), of["relation"], of["num_words"])


def _first_word(answer: str, of: Arguments) -> bool:
    parts = answer.split("\n\n")
    number = sum(bool(part.strip()) for part in parts)
    if not of["nth_paragraph"] <= number:
        return False
    paragraph = parts[of["nth_paragraph"] - 1].strip()
    if not paragraph:
        return False
    first = paragraph.split()[0].lstrip("'").lstrip('"')
    end = next((at for at, letter in enumerate(first) if letter in _MARKS), len(first))
    right_word = first[:end].lower() == str(of["first_word"]).lower()
    return right_word and number == int(of["num_paragraphs"])


def _placeholders(answer: str, of: Arguments) -> bool:
    found = 0
    for line in answer.split("\n"):
        start = line.find("[")
        while start >= 0 and (end := line.find("]", start)) >= 0:
            found += 1
            start = line.find("[", end)
    return found >= int(of["num_placeholders"])


def _postscript(answer: str, of: Arguments) -> bool:
    known = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    marker = of["postscript_marker"].strip()
    return bool(re.search(known.get(marker, marker.lower()), answer.lower()))


def _bullets(answer: str, of: Arguments) -> bool:
    return sum(len(each.findall(answer)) for each in _BULLETS) == int(of["num_bullets"])


def _constrained(answer: str, _: Arguments) -> bool:
    return any(each in answer.strip() for each in _CONSTRAINED)


def _highlights(answer: str, of: Arguments) -> bool:
    single = re.findall(r"\*[^\n*]*\*", answer)
    double = re.findall(r"\*\*[^\n*]*\*\*", answer)
    found = sum(bool(each.strip("*").strip()) for each in single)
    found += sum(bool(each[2:-2].strip()) for each in double)
    return found >= int(of["num_highlights"])


def _sections(answer: str, of: Arguments) -> bool:
    mark = of["section_spliter"].strip()
    return len(re.split(rf"\s?{mark}\s?\d+\s?", answer)) - 1 >= int(of["num_sections"])


def _json(answer: str, _: Arguments) -> bool:
    text = answer.strip()
    for fence in _FENCES:
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return False
    return True


def _title(answer: str, _: Arguments) -> bool:
    for line in answer.split("\n"):
        start, end = line.find("<<"), line.rfind(">>")
        if 0 <= start < end - 2 and line[start : end + 2].lstrip("<").rstrip(">").strip():
            return True
    return False


def _two_responses(answer: str, _: Arguments) -> bool:
    parts = answer.split("******")
    if any(not part.strip() for part in parts[1:-1]):
        return False
    given = [part.strip() for part in parts if part.strip()]
    return len(given) == 2 and given[0] != given[1]  # as the instruction says


def _repeats_prompt(answer: str, of: Arguments) -> bool:
    return answer.strip().lower().startswith(str(of["prompt_to_repeat"]).strip().lower())


def _ending(answer: str, of: Arguments) -> bool:
    return answer.strip().strip('"').lower().endswith(str(of["end_phrase"]).strip().lower())


def _capital_words(answer: str, of: Arguments) -> bool:
    found = sum(each.isupper() for each in tokens(answer))
    return _compared(found, of["capital_relation"], of["capital_frequency"])


def _all_capital(answer: str, _: Arguments) -> bool:
    return answer.isupper() and _is_in(answer, "en")


def _all_lower(answer: str, _: Arguments) -> bool:
    return answer.islower() and _is_in(answer, "en")


def _no_comma(answer: str, _: Arguments) -> bool:
    return "," not in answer


def _quoted(answer: str, _: Arguments) -> bool:
    text = answer.strip()
    return len(text) > 1 and text[0] == text[-1] == '"'


CHECKS: Mapping[str, Check] = {
    "keywords:existence": _keywords,
    "keywords:frequency": _keyword_frequency,
    "keywords:forbidden_words": _forbidden,
    "keywords:letter_frequency": _letters,
    "language:response_language": _language,
    "length_constraints:number_sentences": _sentences,
    "length_constraints:number_paragraphs": _paragraphs,
    "length_constraints:number_words": _number_of_words,
    "length_constraints:nth_paragraph_first_word": _first_word,
    "detectable_content:number_placeholders": _placeholders,
    "detectable_content:postscript": _postscript,
    "detectable_format:number_bullet_lists": _bullets,
    "detectable_format:constrained_response": _constrained,
    "detectable_format:number_highlighted_sections": _highlights,
    "detectable_format:multiple_sections": _sections,
    "detectable_format:json_format": _json,
    "detectable_format:title": _title,
    "combination:two_responses": _two_responses,
    "combination:repeat_prompt": _repeats_prompt,
    "startend:end_checker": _ending,
    "change_case:capital_word_frequency": _capital_words,
    "change_case:english_capital": _all_capital,
    "change_case:english_lowercase": _all_lower,
    "punctuation:no_comma": _no_comma,
    "startend:quotation": _quoted,
}
