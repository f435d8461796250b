"""The written forms in which a choice is named, affirmed, denied or listed."""

import re
import unicodedata

from .._core.later import compiled_later

WRAP = r"[\s*_\"'`$(\[{<]*(?:\\(?:text|textbf|mathbf|mathrm)\s*\{\s*\(?\s*)?"
LETTER = r"(?P<letter>[A-Z])(?![A-Za-z0-9'\u00b0|]|\s*(?:[=^+#\u2229]|\*\s?[A-Za-z0-9])|\s?\u00b0)"
# "es la B", "e la lettera B".
_ARTICLE = (
    r"(?:la|die|der|a|l'|lettre|the)?\s?(?:letra|lettera|lettre|opci[o\u00f3]n|op[c\u00e7][a\u00e3]o"
    r"|opzione|option|alternativa|r[\u00e9e]ponse|buchstabe)|la|a(?=\s+[A-Z][.)*]*(?:\n|$))"
)
# What leads to a letter on a line of its own: a bullet, a quotation, an arrow.
_POINTER = r"(?:[-=]*>|[-+\u2022\u2013\u2014\u2192\u21d2\u2794]+(?=\s))\s*"
FIRST = compiled_later(
    rf"(?:\s*{_POINTER})?"
    rf"(?:(?:the\s+)?(?:option|choice|letter|answer)\s+(?:is\s+)?|{_ARTICLE}\s+)?{WRAP}{LETTER}",
    re.IGNORECASE,
)
_SURELY = (
    r"therefore|thus|hence|so|clearly|definitely|certainly|obviously|surely|probably|likely|yes|sure"
    r"|it's|it is|that's|i (?:choose|pick|select|say|think)|(?:i'd|i'll|let's) (?:say|go with)"
    r"|going with|choose|pick|select"
)
# A letter on the first line, or before its reasons; "A:" stands for "answer".
OPENING = compiled_later(
    r"^[\s*_\"'`$(\[{]*(?P<letter>[A-Z])(?:[)\].*_\"'`$}]*[ \t]*\n"
    r"|[)\].,*_-]*(?:\s|(?<!A):\s)[ \t-]*"
    r"(?i:because|since|explanation|reason|rationale|justification)\b)"
)
ALONE = compiled_later(
    rf"^\W*(?:(?:{_SURELY})\W+)?(?:(?:option|choice|letter)\s+\W{{0,3}})?{LETTER}(?P<after>\W*)$",
    re.IGNORECASE,
)
SEVERAL = compiled_later(
    r"^[\s(\[*]*[A-Z][\s)\]*]*(?:(?:,|-|/|&|\bor\b|\band\b)[\s(\[*]*[A-Z][\s)\]*.]*)+$|^[\s(\[*]*[A-Z][)\]*]*\s+if\s"
    r"|^[A-Z](?:[ \t]*\n[ \t]*[A-Z])+$"
)
RIVAL = compiled_later(
    r"^[\s)\]*_,.\"']*(?:(?:or|and)\b(?:\s+(?:maybe|perhaps|possibly|also|even))?|&|/|,|-|to\b)"
    r"[\s*_(\[\"']*(?:option\s+)?(?P<letter>[A-Z])(?![A-Za-z0-9'])"
    r"|^[\s)\]*_,.]*(?:but|although|though|while)\s+(?:option\s+)?(?P<too>[A-Z])\s"
    r"[^.\n]{0,20}\b(?:also|too|as well|equally)\b"
)
# "(b)" is a letter, and "a" before a word is an article.
_NAMED = r"(?P<letter>(?-i:[A-Z])|(?<=[(\[])[a-j](?=[)\]]))(?![A-Za-z0-9'])"
IMPLIED = compiled_later(
    r"(?:\b(?:i(?:'d|'ll|'m| would| am)?|we(?:'ll)?)\s+(?:would\s+|will\s+)?"
    r"(?:choose|pick|select|think|say|answer|vote for|go(?:ing)? (?:with|for)|mean)"
    r"|\blet's go (?:with|for)|(?:^|[.!\n])[ \t]{0,9}going with"
    r"|\bit(?: must| should| has to)? be|\bit(?: i|')s|\bmust be"
    r"|\bleaves(?: us)?(?: only| with){0,2}|\bleft (?:only )?with(?: only)?"
    r"|\b(?:option|choice|answer) (?:that|which)"
    r" (?:(?!not\b|n't|wrong|false|incorrect)[^.\n,]){1,60}? is)\s+"
    r"(?:that\s+)?(?:(?:it|the answer)(?:\s+is|'s)\s+)?"
    rf"(?:(?:the\s+)?(?:option|choice|letter)\s+)?{WRAP}{_NAMED}",
    re.IGNORECASE,
)
# A label, and what joins it to a letter.
_JOINS = r"(?:\s*(?::|[-=]+>|[\u2192\u21d2\u2794])|\s[-\u2013\u2014](?=\s))"
_LATIN_OPTION = (
    r"(?:opci[o\u00f3]n|op[c\u00e7][a\u00e3]o|opzione|alternativa|resposta|risposta|lett(?:re|era)|letra|option)"
    r"\s+(?:correct[ao]|correcte|corrett?[ao])\s+(?:es|est|\u00e9|\u00e8)\s+(?:(?:la|a|il|o|le)\s+)?"
)
OPTION_IS = compiled_later(
    r"\b(?:(?:my|correct|right|best|final|chosen|selected)\s+"
    r"(?:option|choice|answer|one|pick|letter|selection)"
    rf"(?:\s+(?:is|would be|should be)|{_JOINS})"
    rf"|(?:ans|solution|key|pick)\s?[:.]|{_LATIN_OPTION})\s*"
    rf"{WRAP}(?P<letter>(?-i:[A-Z])|[a-j](?=[\s.)*]*$))(?![A-Za-z0-9'])",
    re.IGNORECASE,
)
# A line that is a label and a letter; several such lines may be a list of the options.
LABELLED = compiled_later(
    r"^[ \t>#*_-]{0,9}(?:(?:my|final|correct|best)\s)?"
    r"(?:(?:answer|answers?\s+is)(?=\s+[*_(]{0,3}[A-Z][)*_.]{0,4}[ \t]*$)"
    r"|(?:selected|chosen|choice|option|selection|letter|verdict|conclusion|decision)[*_]{0,3}"
    rf"{_JOINS})[ \t]*"
    rf"{WRAP}{_NAMED}",
    re.IGNORECASE | re.MULTILINE,
)
# At the end of a text, or in Chinese ("choose B") and Hindi ("answer B").
CONCLUDED = compiled_later(
    r"(?:(?:^|[.!?,;\n][ \t]{0,9})(?i:so|thus|hence|therefore|on reflection|ultimately|finally)"
    r"[,:]?[ \t]{1,9}"
    r"|[\u9009\u9078][\u9879\u9805]?:?[ \t]{0,9}|\u0909\u0924\u094d\u0924\u0930[ \t]{1,9}"
    r"(?=\(?[A-Z]\)?[ \t]\u0939\u0948))"
    r"[*_(]{0,4}(?P<letter>[A-Z])(?=[)\]*_.\u3002]{0,6}\s*(?:\u0939\u0948\W{0,3})?$)",
)
# What no other option does.
ONLY = compiled_later(
    r"\bonly\s+(?:option\s+|choice\s+)?[(*_]{0,4}(?P<letter>(?-i:[A-Z]))[)*_]{0,4}\s+"
    r"(?:remains|fits|works|matches|holds|applies|survives|satisfies|is (?:left|consistent|correct"
    r"|possible|valid|right|true|plausible))\b",
    re.IGNORECASE,
)
IT_IS = compiled_later(
    r"(?:^|[.!?,;\n])[ \t]{0,9}[(*_]{0,4}(?P<letter>[A-Z])[)*_]{0,4} it is(?=[ \t]{0,9}(?:[.!]|$))"
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
    r"(?P<verdict>(?i:correct|right|best|true|answer|most (?:likely|plausible|appropriate|accurate)"
    r"|only (?:option|choice|answer|one|possibility))\b|[\u2713\u2714\u2705])"
    r"(?!\s+(?i:or|to|if|when|unless|distractor|wrong|incorrect)\b)"
    r"(?!(?<=option|choice|answer)[^.\n]{0,60}(?:\bnot\b|n't|\b(?i:wrong|incorrect|false|invalid|cannot)\b))",
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
    r"[)\]*_.:,]*(?:\s*(?:which\s+|but\s+(?:it|that|this)\s+)?"
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
