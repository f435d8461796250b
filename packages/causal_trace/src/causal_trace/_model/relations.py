"""How the events of a chain follow from each other: parents, dependencies, branches, cycles."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .._core.errors import InvalidTraceError
from .._core.json_values import Value
from .._core.times import now
from .chain import Chain
from .event import TraceEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations(Value):
    """The relations between the events of a chain.

    Attributes:
        parents: For each event, the ids of the events that it follows from: its parent first, then
            its dependencies. Ids that are not in the chain are left out.
        children: For each event, the ids of the events that follow from it.
        roots: The ids of the events that follow from none.
        leaves: The ids of the events from which none follows.
        cycles: Ids of events that follow from each other in a circle, one tuple for each circle.
        problems: One sentence for each problem; empty when the relations are sound.
    """

    parents: dict[str, tuple[str, ...]]
    children: dict[str, tuple[str, ...]]
    roots: tuple[str, ...]
    leaves: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    problems: tuple[str, ...]


def relations(chain: Chain) -> Relations:
    """Return how the events of a chain follow from each other.

    Args:
        chain: The chain.

    Returns:
        Parents, children, roots, leaves, cycles and all problems. Time is linear in the events and
        their references.

    Example:
        >>> first = TraceEvent(type="synthesis", decision="a", id="1")
        >>> second = TraceEvent(type="synthesis", decision="b", id="2", parent_id="1")
        >>> relations(Chain(name="c", events=(first, second))).leaves
        ('2',)
    """
    known = {event.id for event in chain}
    parents: dict[str, tuple[str, ...]] = {}
    children: dict[str, list[str]] = defaultdict(list)
    for event in chain:
        stated = dict.fromkeys(_references(event))
        parents[event.id] = tuple(each for each in stated if each in known)
        for each in parents[event.id]:
            children[each].append(event.id)
    cycles = tuple(_cycles(parents))
    return Relations(
        parents=parents,
        children={each: tuple(children.get(each, ())) for each in parents},
        roots=tuple(each for each in parents if not parents[each]),
        leaves=tuple(each for each in parents if not children.get(each)),
        cycles=cycles,
        problems=tuple(_problems(chain, known, cycles)),
    )


def fork(chain: Chain, event_id: str, branch: str, *events: TraceEvent) -> Chain:
    """Return the chain with a branch that leaves it after an event.

    Args:
        chain: The chain.
        event_id: The event after which the branch begins; it becomes the parent of the first event.
        branch: The name of the branch.
        *events: The events of the branch.

    Returns:
        The longer chain.

    Raises:
        InvalidTraceError: No event has this id, or the name of the branch is taken.
    """
    if event_id not in {event.id for event in chain}:
        raise InvalidTraceError(
            "chain", f"no event has the id {event_id!r}; fork after a known one"
        )
    if branch in branches(chain):
        raise InvalidTraceError("chain", f"branch {branch!r} exists; choose another name")
    made = [replace(event, branch=branch) for event in events]
    if made:
        made[0] = replace(made[0], parent_id=event_id)
    return replace(chain, events=(*chain.events, *made), updated_at=now())


def branches(chain: Chain) -> dict[str, tuple[TraceEvent, ...]]:
    """Return the events of each branch by its name, without the trunk.

    Args:
        chain: The chain.
    """
    found: dict[str, list[TraceEvent]] = defaultdict(list)
    for event in chain:
        if event.branch is not None:
            found[event.branch].append(event)
    return {name: tuple(events) for name, events in found.items()}


def branch_path(chain: Chain, branch: str) -> tuple[TraceEvent, ...]:
    """Return the events that lead to the end of a branch: the trunk up to the fork, then its own.

    Args:
        chain: The chain.
        branch: The name of the branch. Branches of branches are followed back to the trunk.

    Raises:
        InvalidTraceError: No branch has this name.
    """
    own = branches(chain)
    if branch not in own:
        raise InvalidTraceError("chain", f"no branch {branch!r}; known: {', '.join(own) or 'none'}")
    by_id = {event.id: event for event in chain}
    path: list[TraceEvent] = []
    name: str | None = branch
    last: str | None = None
    seen: set[str | None] = set()
    while name not in seen:
        seen.add(name)
        events = own[name] if name is not None else [each for each in chain if each.branch is None]
        path[:0] = _up_to(events, last)
        last = events[0].parent_id if events and name is not None else None
        if last is None or last not in by_id:
            break
        name = by_id[last].branch
    return tuple(path)


def relation_problems(chain: Chain) -> tuple[str, ...]:
    """Return one sentence for each problem of the relations of a chain.

    Args:
        chain: The chain.

    Returns:
        Repeated ids, parents and dependencies that are not in the chain, and circles.
    """
    return relations(chain).problems


def _references(event: TraceEvent) -> Iterator[str]:
    if event.parent_id is not None:
        yield event.parent_id
    yield from event.depends_on


def _up_to(events: Sequence[TraceEvent], last: str | None) -> list[TraceEvent]:
    taken: list[TraceEvent] = []
    for event in events:
        taken.append(event)
        if event.id == last:
            break
    return taken


def _problems(chain: Chain, known: set[str], cycles: Sequence[tuple[str, ...]]) -> Iterator[str]:
    seen: set[str] = set()
    for number, event in enumerate(chain, start=1):
        if event.id in seen:
            yield f"event {number}: id {event.id!r} belongs to an earlier event"
        seen.add(event.id)
        if event.parent_id is not None and event.parent_id not in known:
            yield f"event {number}: parent event {event.parent_id!r} is not in the chain"
        for each in event.depends_on:
            if each not in known:
                yield f"event {number}: depends on {each!r}, which is not in the chain"
    for circle in cycles:
        yield f"events follow from each other in a circle: {' -> '.join(circle)}"


def _cycles(parents: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield one circle for each way back that a depth-first walk meets."""
    state: dict[str, int] = {}
    for start, before in parents.items():
        if start in state:
            continue
        path: list[str] = [start]
        walks = [iter(before)]
        state[start] = 1
        while walks:
            following = next(walks[-1], None)
            if following is None:
                walks.pop()
                state[path.pop()] = 2
            elif state.get(following) == 1:
                yield tuple(path[path.index(following) :])
            elif following not in state:
                state[following] = 1
                path.append(following)
                walks.append(iter(parents[following]))
