"""Items whose questions stand in the prompts of other items, as few-shot examples do."""

from collections.abc import Iterable, Mapping

# Between the ids of items in a fact of a log.
EXPOSED_SEPARATOR = "\n"
# Examples are the same in most prompts, so a few prompts show them.
_PROMPTS = 50
_MAX_CHARACTERS = 400_000
_SHORT = 20


def exposed_items(prompts: Iterable[tuple[str, str]], questions: Mapping[str, str]) -> list[str]:
    """The items whose question is in the prompt of another item.

    Args:
        prompts: The id of an item and the prompt that was sent for it; the first 50 are looked at.
        questions: The question of each item by its id; those below 20 characters are not looked
            for, because they may stand in any text.

    Returns:
        The ids of the items.
    """
    wanted = {
        identifier: text.strip()
        for identifier, text in questions.items()
        if len(text.strip()) >= _SHORT
    }
    blocks: dict[str, None] = {}
    for number, (identifier, prompt) in enumerate(prompts):
        if number >= _PROMPTS:
            break
        question = wanted.get(identifier)
        if question is None:
            continue
        # The question itself stands last; what is before it may hold examples.
        before = prompt.rpartition(question)[0].strip()
        if before:
            blocks[before] = None
    searched = list(_bounded(blocks))
    return [
        identifier
        for identifier, question in wanted.items()
        if any(question in block for block in searched)
    ]


def _bounded(blocks: Iterable[str]) -> Iterable[str]:
    """The blocks up to a number of characters in all."""
    left = _MAX_CHARACTERS
    for block in blocks:
        if len(block) > left:
            return
        left -= len(block)
        yield block
