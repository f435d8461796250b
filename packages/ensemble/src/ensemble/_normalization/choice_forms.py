"""The written forms in which an answer names, affirms, denies or lists a letter.

Gaps are bounded: a model that stutters blanks must not take the machine with it.
"""

import re

LETTER = r"\(?\[?(?P<letter>[A-Za-z])(?![A-Za-z0-9+#]|'[a-z])\]?\)?"
# "(b)" is a letter, and "a" before a word is an article.
_CAPITAL = r"[*_\"'$(\[{]{0,4}(?P<%s>(?-i:[A-Z])|(?<=[(\[])[a-j](?=[)\]]))(?![A-Za-z0-9+#]|'[a-z])"
_SURELY = (
    r"therefore|thus|hence|so|finally|clearly|definitely|certainly|obviously|surely|probably|likely"
    r"|yes|it's|it is|that's|choose|pick|select|option|choice|letter|(?:option|choice) is"
)
ALONE = re.compile(
    rf"\W*(?:\\(?:text|textbf|mathrm|mathbf)\{{\W*)?(?:\[[xX]\]\s?)?"
    rf"(?:(?:{_SURELY})\W{{1,4}}){{0,2}}"
    rf"{LETTER}\W*",
    re.IGNORECASE,
)
# What joins a label to a letter.
_JOINS = r"(?::|=(?![=>])|[-=]{1,2}>|[>\u2192\u21d2\u2794]|[-\u2013\u2014](?=\s))"
_ELSEWHERE = (
    r"\b(?:antwort|respuesta|r\u00e9ponse|risposta|resposta|antwoord|svar|vastaus|odpowied\u017a"
    r"|cevap|jawaban|jibu|opci\u00f3n|op\u00e7\u00e3o|opzione|alternativa"
    r"|\u0111\u00e1p \u00e1n(?: \u0111\u00fang)?"
    r"|\u043e\u0442\u0432\u0435\u0442)"
    r"(?:\s(?:correct[ao]|correcte|corrett?[ao]|final))?"
    r"|\u7b54\u6848|\u7b54\u3048|\u6b63\u89e3|\uc815\ub2f5|\u0627\u0644\u062c\u0648\u0627\u0628"
    r"|\u0627\u0644\u0625\u062c\u0627\u0628\u0629"
    r"(?: \u0627\u0644\u0635\u062d\u064a\u062d\u0629)?|\u0909\u0924\u094d\u0924\u0930"
)
_IS_ELSEWHERE = (
    rf"(?:{_JOINS}|ist\b|lautet\b|es\b|est\b|\u00e8|\u00e9|l\u00e0\b"
    r"|\u662f|\u4e3a|\u306f|[\uc740\ub294]|\u0647[\u0648\u064a])"
)
_ARTICLE = (
    r"(?:(?:la|die|der|il|a|l')\s?)?(?:(?:opci\u00f3n|op\u00e7\u00e3o|opzione|option|alternativa"
    r"|lettre|letra|lettera|buchstabe)\s)?"
)
EXPLICIT = re.compile(
    rf"\b(?:answer|choice|option)\b[\s*_\"']{{0,9}}"
    rf"(?:is|{_JOINS}|would be|should be)?[\s:*_\"'$>-]{{0,9}}"
    rf"(?:not\s[^.\n]{{1,40}}?\bbut\s)?(?:(?:option|choice|letter)\s{{1,9}})?{LETTER}"
    r"|\\boxed\{\s{0,9}(?:\\(?:text|textbf|mathrm|mathbf)\{\s{0,9})?\(?(?P<boxed>[A-Za-z])"
    r"(?:[).:]|\s{0,9}\})"
    r"|(?<![A-Za-z0-9'])(?P<subject>(?!I\b[^\n]{0,12}\btrue)(?-i:[A-Z]))[)\]*]{0,9}\s{1,9}"
    r"(?:is|must be|would be)\s{1,9}(?:the\s{1,9})?"
    r"(?:correct|right|best|true|answer|most (?:likely|plausible)"
    r"|only (?:option|choice|answer)"
    r"(?![^.\n]{0,60}(?:\bnot\b|n't|\b(?:wrong|incorrect|false)\b)))\b"
    r"(?!\s(?:or|if|when|unless|to be|distractor)\b)"
    # A list of all options, of which this one is right.
    r"|(?<![A-Za-z0-9'])(?P<listed>(?-i:[A-Z]))(?:[).:]{1,2}|\s?\|)[ \t*_]{0,5}"
    r"(?:(?:true|yes|right|correct)\b|[\u2713\u2714\u2705\u2611])"
    rf"|(?:{_ELSEWHERE})\s{{0,3}}{_IS_ELSEWHERE}[\s*_>]{{0,5}}{_ARTICLE}{_CAPITAL % 'elsewhere'}"
    rf"|\b(?:letter|selection|selected|chosen|verdict|conclusion|decision|final|result|key|pick"
    rf"|correction|the (?:correct|right) letter is)[*_]{{0,3}}\s{{0,3}}(?:{_JOINS}|(?<=is))"
    rf"[ \t*_]{{0,5}}"
    rf"{_CAPITAL % 'labelled'}(?!\s[a-z])",
    re.IGNORECASE,
)
IMPLIED = re.compile(
    r"(?:\b(?:i(?:'d|'ll|'m| would| am)?|we(?:'ll)?)\s(?:would\s|will\s)?"
    r"(?:choose|pick|select|say|answer|vote for|go(?:ing)? (?:with|for)|mean)"
    r"|\blet's go (?:with|for)|(?:^|[.!\n])[ \t]{0,9}going with"
    r"|\bit(?: must| should| has to)? be|(?<!think )\bit(?: i|')s|\bmust be"
    r"|\b(?:correct|right) letter is"
    r"|\bleaves(?: us)?(?: only| with){0,2}|\bleft (?:only )?with(?: only)?"
    r"|\b(?:option|choice|answer) (?:that|which)"
    r" (?:(?!not\b|n't|wrong|false|incorrect)[^.\n,]){1,60}? is)\s"
    rf"(?:that\s)?(?:(?:it|the answer)(?:\sis|'s)\s)?"
    rf"(?:(?:the\s)?(?:option|choice|letter)\s)?{_CAPITAL % 'letter'}"
    r"(?!\s[a-z])"
    r"|\bonly\s(?:option\s|choice\s)?[(*_]{0,4}(?P<only>(?-i:[A-Z]))[)*_]{0,4}\s"
    r"(?:remains|fits|works|matches|holds|is (?:left|consistent|correct|possible|valid|right"
    r"|true))\b"
    r"|(?:^|[.!?,;\n])[ \t]{0,9}[(*_]{0,4}(?P<itis>(?-i:[A-Z]))[)*_]{0,4}"
    r" it is(?=[ \t]{0,9}(?:[.!]|$))"
    # At the end of a text, also in Chinese and Hindi.
    r"|(?:(?:^|[.!?,;\n])[ \t]{0,9}(?:so|thus|hence|therefore|on reflection|finally)[,:]?[ \t]{1,9}"
    r"|[\u9009\u9078][\u9879\u9805]?:?[ \t]{0,9}|\u0909\u0924\u094d\u0924\u0930[ \t]{1,9})"
    r"[*_(]{0,4}(?P<last>(?-i:[A-Z]))[)\]*_.\u3002]{0,6}\s{0,9}(?:\u0939\u0948\W{0,3})?\Z"
    # Ticked in a list of boxes.
    r"|(?:^|\n)[ \t*>-]{0,9}(?:\[x\]|[\u2611\u2705\u2713\u2714]\ufe0f?)[ \t*_(]{0,5}"
    r"(?P<ticked>(?-i:[A-Z]))(?![A-Za-z0-9]|'[a-z])",
    re.IGNORECASE,
)
LONE = re.compile(r"[A-Z]|[IVX]{1,4}")
MENTION = re.compile(r"(?:option|choice)[\s*_\"'(\[:]*[A-Za-z]\W*$", re.IGNORECASE)
# Lines that label one option each are a list of the options.
LABEL = re.compile(
    r"^[ \t*_]{0,9}(?:option|choice)\s?:\s?[*_(]{0,4}(?P<letter>[A-Z])\b",
    re.IGNORECASE | re.MULTILINE,
)
LINE = re.compile(rf"^[ \t*_>-]{{0,9}}{LETTER}[ \t*_.]{{0,9}}$", re.MULTILINE)
BEGIN = re.compile(
    r"\s*[*_]*(?:\((?P<inside>[A-Z])\)|(?P<before>[A-Z])[).:])(?=[\s*_]|$)"
    r"|\s*[*_(]*(?P<reasoned>[A-Z])[)*_.,]{0,4}\s(?:[-\u2013\u2014]\s|(?:because|since)\b)"
)
OPTION = re.compile(r"(?:^|\s)\(?(?P<letter>[A-Z])[).:](?=\s)")
RIVAL = re.compile(
    r"\W{0,9}(?:\bor\b(?:\s(?:maybe|perhaps|possibly|even))?|\band\b(?:\salso)?|/|,|&|-(?=[A-Z]\b))"
    r"\W{0,9}(?P<letter>[A-Z])(?![A-Za-z0-9]|'[a-z])"
    r"|\W{0,9}(?:but|although|though)\s(?P<too>[A-Z])\s[^.\n]{0,20}\b(?:also|too|as well)\b"
)
TAKEN_BACK = re.compile(
    r"\b(?:no,? wait|wait,? no|wait|scratch that|i mean|actually)\W{1,6}(?:no\W{1,4})?"
    r"(?P<letter>(?-i:[A-Z]))(?![A-Za-z0-9]|'[a-z])",
    re.IGNORECASE,
)
DENIED_BEFORE = re.compile(
    r"(?:\bnot|n't|\bcannot be|\bneither|\bnor|\brather than|\binstead of)\b[\s*_(\[]*$",
    re.IGNORECASE,
)
DENIED_AFTER = re.compile(
    r"[)\]*_.:,]*\s*(?:(?:which\s|but\s(?:it|that|this)\s)?(?:(?:is|are|was)\s+)?"
    r"(?:wrong|incorrect|false|no|ruled out|eliminated)\b(?!\s*(?:way|doubt)\b)"
    r"|(?:is|was|must|would|can)\s+not\b|isn't|cannot|can't|[\u2717\u2718\u274c])",
    re.IGNORECASE,
)
# What stands behind an answer of a model that goes on with questions of its own.
RUN_ON = re.compile(r"\n\s{0,3}(?:question|user|human)\s?:", re.IGNORECASE)
HIDDEN = re.compile(
    r"</?(?:b|strong|i|em|u|code|span|mark)>|[\u00ad\u200b-\u200f\u2060\ufeff]", re.IGNORECASE
)
