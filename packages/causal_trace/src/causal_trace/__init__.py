"""Decision provenance: what a model says it considered, parsed, stored and shown."""

__all__: list[str] = []
