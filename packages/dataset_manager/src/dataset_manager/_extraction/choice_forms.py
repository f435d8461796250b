"""The written forms in which a choice is named, affirmed, denied or listed."""

import re
import unicodedata

from .._core.later import compiled_later

WRAP = r"[\s*_\"'`$(\[{<]*(?:\\(?:text|textbf|mathbf|mathrm)\s*\{\s*\(?\s*)?"
LETTER = r"(?P<letter>[A-Z])(?![A-Za-z0-9'\u00b0|]|\s*(?:[=^+#\u2229]|\*\s?[A-Za-z0-9])|\s?\u00b0)"
# "es la B", "e la lettera B".
_ARTICLE = (
    r"(?:la|die|der|a)?\s?(?:letra|lettera|opci[o\u00f3]n|op[c\u00e7][a\u00e3]o|opzione|alternativa"
    r"|r[\u00e9e]ponse|buchstabe)|la"
)
FIRST = compiled_later(
    rf"(?:(?:the\s+)?(?:option|choice|letter|answer)\s+(?:is\s+)?|{_ARTICLE}\s+)?{WRAP}{LETTER}",
    re.IGNORECASE,
)
ALONE = compiled_later(
    rf"^\W*(?:(?:therefore|thus|hence|so)\W+)?(?:(?:option|choice|letter)\s+)?{LETTER}(?P<after>\W*)$",
    re.IGNORECASE,
)
SEVERAL = compiled_later(
    r"^[\s(\[*]*[A-Z][\s)\]*]*(?:(?:,|-|/|&|\bor\b|\band\b)[\s(\[*]*[A-Z][\s)\]*.]*)+$|^[\s(\[*]*[A-Z][)\]*]*\s+if\s"
)
RIVAL = compiled_later(
    r"^[\s)\]*_,.\"']*(?:(?:or|and)\b(?:\s+(?:maybe|perhaps|possibly|also|even))?|&|/|,|-|to\b)"
    r"[\s*_(\[\"']*(?:option\s+)?(?P<letter>[A-Z])(?![A-Za-z0-9'])"
    r"|^[\s)\]*_,.]*(?:but|although|though|while)\s+(?:option\s+)?(?P<too>[A-Z])\s"
    r"[^.\n]{0,20}\b(?:also|too|as well|equally)\b"
)
IMPLIED = compiled_later(
    r"(?:\b(?:i(?:'d|\u2019d| would)?|we)\s+(?:would\s+|will\s+)?"
    r"(?:choose|pick|select|think|say|go (?:with|for)|mean)"
    r"|i'll go with|\bit must be|\bit(?: i|')s|leaves(?: only)?|\bmust be)\s+"
    r"(?:that\s+)?(?:(?:it|the answer)\s+is\s+)?"
    rf"(?:(?:the\s+)?(?:option|choice|letter)\s+)?{WRAP}(?P<letter>(?-i:[A-Z]))(?![A-Za-z0-9'])",
    re.IGNORECASE,
)
OPTION_IS = compiled_later(
    r"\b(?:(?:my|correct|right|best|final)\s+(?:option|choice|answer|one|pick)(?:\s+is|\s*:|\s-(?=\s))"
    r"|(?:ans|solution|key|pick)\s?[:.])\s*"
    rf"{WRAP}(?P<letter>(?-i:[A-Z])|[a-j](?=[\s.)*]*$))(?![A-Za-z0-9'])",
    re.IGNORECASE,
)
# At the end of a text, or in Chinese ("choose B").
CONCLUDED = compiled_later(
    r"(?:(?:^|[.!?\n][ \t]{0,9})(?i:so|thus|hence|therefore)[,:]?[ \t]{1,9}"
    r"|[\u9009\u9078][\u9879\u9805]?[ \t]{0,9})"
    r"[*_(]{0,4}(?P<letter>[A-Z])(?=[)\]*_.\u3002]{0,6}\s*$)",
)
TICKED = compiled_later(
    r"^[ \t*>-]*(?:\[[xX]\]|[\u2611\u2705\u2713\u2714]\ufe0f?)[ \t*_(]*"
    r"(?P<letter>[A-Z])(?![A-Za-z0-9'])",
    re.MULTILINE,
)
EMPTY_BOX = compiled_later(r"\[[ xX]?\]|\([ xX]?\)|[\u2610\u274c\u2717\u2718]")
NOT_BUT = compiled_later(r"\bnot\s+[^.\n]{1,40}?,?\s+but\s+", re.IGNORECASE)
SUBJECT = compiled_later(
    r"(?<![A-Za-z0-9'])(?P<letter>[A-Z])[)\]*.:]*[ \t]*"
    r"(?:<?-+\s*|(?:is|must be|would be)\s+)?(?:the\s+|also\s+)?"
    r"(?P<verdict>(?i:correct|right|best|true|answer)\b|[\u2713\u2714\u2705])(?!\s+(?i:or|to)\b)",
)
ORDINAL = compiled_later(
    r"\b(?P<which>first|second|third|fourth|fifth|last)\s+(?:option|choice|answer|one)\s+(?:is|seems)"
    r"\s+(?:the\s+)?(?:correct|right|best|true)",
    re.IGNORECASE,
)
ORDINALS = ("first", "second", "third", "fourth", "fifth")
# What stands behind an option that is the right one, in a list of all of them.
POINTED = compiled_later(
    r"<-|[\u2190\u2611\u2713\u2714\u2705]|[(\[][xX][)\]]|\bcorrect\b(?<!incorrect)"
)
SAID_YES = compiled_later(r"(?:yes|true|right)\b", re.IGNORECASE)
SAID_NO = compiled_later(r"(?:no|false|wrong|incorrect)\b", re.IGNORECASE)
LIST_LINE = compiled_later(
    r"^[ \t*_>|-]*\(?(?P<letter>[A-Z])(?:[).:\]]+[*_]*|\)?[*_]*[ \t]*\|)[ \t]+(?P<rest>\S[^\n]*)$",
    re.MULTILINE,
)
INLINE = compiled_later(
    r"(?:^|\s)\(?(?P<letter>[A-Z])[).:]\s+(?P<rest>[^\n]{1,80}?)(?=\s+\(?[A-Z][).:]\s|$)"
)
DENIED_BEFORE = compiled_later(
    r"(?:\bnot|n't|\bcannot be|\bneither|\bnor|\bthan|\binstead of|\brather than|\bcannot)\b"
    r"[\s*_(\[]*"
    r"(?:option\s+)?$",
    re.IGNORECASE,
)
DENIED_AFTER = compiled_later(
    r"[)\]*_.:,]*(?:\s*(?:which\s+)?"
    r"(?:(?:(?:is|are|was)\s+)?(?:wrong|incorrect|false|ruled out|eliminated)"
    r"|(?:is|was|must|would|can|does)\s+not\b|isn't|cannot|can't)|[ \t]*[\u2717\u2718\u274c])",
    re.IGNORECASE,
)
BOTH = compiled_later(
    r"\b(?:both|either|neither)?\s*(?P<a>[A-Z])\s*(?:,\s*[A-Z]\s*)*(?:and|or|,)\s*(?P<b>[A-Z])\s+(?:are|could|seem)\b"
    r"|(?i:\ball of the) (?:above|options|choices) are\b"
)
HEDGED = compiled_later(
    r"\b(?:answer|it) (?:could|might|may)(?: also)? be[\s(*]*(?P<letter>[A-Z])(?![A-Za-z])"
    r"|\blean towards (?P<lean>[A-Z])\b"
)
# So much text on either side says what a letter stands for.
CONTEXT = 40


def bare(text: str) -> str:
    """A short text without quotes, underscores and tags; positions stay."""
    if len(text) > CONTEXT:
        return text
    return re.sub(
        r"</?[a-z]{1,6}>|\\(?:boxed|text(?:bf)?|math(?:bf|rm))\b|[_\"']",
        lambda match: " " * len(match[0]),
        text,
    )


def plain_text(text: str) -> str:
    """A text without the signs in which two writings of a choice may differ."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[*_`]+|\\(?:text|textbf)\b|[{}]", "", text) if len(text) > 1 else text
    return re.sub(r"\s+", " ", text).strip(" .\"'*_`")
