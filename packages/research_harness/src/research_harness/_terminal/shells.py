"""The scripts of shells: values with commas, spaces and ``=`` are completed whole."""

import os
import re

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' response completion type value
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
        %(complete_var)s=bash_complete $1)
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o default
        elif [[ $type == 'plain' ]]; then
            COMPREPLY+=("$value")
            [[ $value == *= ]] && compopt -o nospace
        fi
    done
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    """Joins again what bash divides at ``=``, and protects what it would divide at spaces."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and that one."""
        words = split_arg_string(os.environ["COMP_WORDS"])
        at = int(os.environ["COMP_CWORD"])
        joined: list[str] = []
        for word in words[: at + 1]:
            goes_on = bool(joined) and joined[-1].endswith("=") and not joined[-1].startswith("-")
            if goes_on or (word == "=" and joined and not joined[-1].startswith("-")):
                joined[-1] += word
            else:
                joined.append(word)
        if at >= len(words):
            joined.append("")
        return joined[1:-1], joined[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """A line for the script; bash keeps what stands before the last ``=`` of the word.

        Args:
            item: What is offered.
        """
        value = str(item.value)
        typed = self.get_completion_args()[1]
        if item.type == "plain":
            if "=" in typed and not typed.startswith("-"):
                value = value[typed.rindex("=") + 1 :]
            value = re.sub(r"([^\w@%+=:,./-])", r"\\\1", value)
        return f"{item.type},{value}"


class _Zsh(ZshComplete):
    """Adds no space after ``=``."""

    source_template = ZshComplete.source_template.replace(
        'completions+=("$key")',
        'if [[ "$key" == *= ]]; then compadd -U -S "" -- "$key"; else completions+=("$key"); fi',
    )


class _Fish(FishComplete):
    """Keeps commas in values."""

    source_template = FishComplete.source_template.replace(
        'string split ","', 'string split -m 1 ","'
    )


def use_own_scripts() -> None:
    """Have these take the place of those of click."""
    for kind in (_Bash, _Zsh, _Fish):
        add_completion_class(kind)
