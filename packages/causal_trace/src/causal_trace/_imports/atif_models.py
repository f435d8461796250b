"""The pydantic models of an ATIF trajectory; imported when the first one is read."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Metrics(_Part):
    """Tokens and cost of a step."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


class ToolCall(_Part):
    """A call of a tool."""

    tool_call_id: str | None = None
    function_name: str | None = None
    arguments: Any = None


class Result(_Part):
    """What a tool answered."""

    source_call_id: str | None = None
    content: Any = None
    subagent_trajectory_ref: Any = None


class Observation(_Part):
    """What the environment answered to a step."""

    results: list[Result] = []


class Step(_Part):
    """One step of a trajectory."""

    step_id: int | None = None
    timestamp: Any = None
    source: str = "agent"
    model_name: str | None = None
    reasoning_effort: Any = None
    message: Any = ""
    reasoning_content: str | None = None
    tool_calls: list[ToolCall] | None = None
    observation: Observation | None = None
    metrics: Metrics | None = None
    llm_call_count: int | None = None
    is_copied_context: bool | None = None
    extra: dict[str, Any] | None = None


class Agent(_Part):
    """The agent."""

    name: str | None = None
    version: str | None = None
    model_name: str | None = None


class Trajectory(_Part):
    """The whole file."""

    schema_version: str
    session_id: str | None = None
    trajectory_id: str | None = None
    agent: Agent = Agent()
    steps: list[Step]
    extra: dict[str, Any] | None = None
    subagent_trajectories: list[dict[str, Any]] | None = None
