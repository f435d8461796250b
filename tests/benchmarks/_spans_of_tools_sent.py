"""What the exporters of ``bench_spans_of_tools.py`` send, kept for the tests of the receiver."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import requests

KEEP = "SPANS_OF_TOOLS"  # names the folder for the processes of the tools
PACKAGES = {
    "openinference": "openinference-instrumentation-openai",
    "openllmetry": "opentelemetry-instrumentation-openai",
    "pydantic-ai": "pydantic-ai-slim",
    "logfire": "logfire",
}


class Sent(requests.Session):
    """Keeps the bodies that an exporter sends."""

    bodies: ClassVar[list[bytes]] = []

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request as always."""
        self.bodies.append(request.body)
        return super().send(request, **options)


def of_no_machine(body: bytes) -> bytes:
    """A body without the name of this machine and the folders of its files."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
    )

    request: Any = ExportTraceServiceRequest()
    request.ParseFromString(body)
    for resource in request.resource_spans:
        about = resource.resource.attributes
        kept = [pair for pair in about if not pair.key.startswith(("host.", "process."))]
        del about[:]
        about.extend(kept)
        for scope in resource.scope_spans:
            for span in scope.spans:
                for event in span.events:
                    for pair in event.attributes:
                        text = pair.value.string_value
                        pair.value.string_value = re.sub(r'"/[^"]*/', '"', text)
    return bytes(request.SerializeToString())


def keep(folder: Path, tool: str, spans: Sequence[Any], provider: Mapping[str, int]) -> None:
    """Write what a tool sent, and what its spans and the server say."""
    about = [
        {
            "span_id": f"{each.context.span_id:016x}",
            "parent_id": None if each.parent is None else f"{each.parent.span_id:016x}",
            "start_ns": each.start_time,
            "end_ns": each.end_time,
            "events": [[point.name, point.timestamp] for point in each.events],
            "cost_usd": (each.attributes or {}).get("operation.cost"),
        }
        for each in spans
    ]
    made = {
        "made_by": f"{PACKAGES[tool]} {version(PACKAGES[tool])}",
        "provider": dict(provider),
        "spans": about,
        "bodies": [base64.b64encode(of_no_machine(body)).decode() for body in Sent.bodies],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{tool}.json").write_text(json.dumps(made, indent=1) + "\n")
