"""The simulated models of these examples; put real ones in their place."""

from ensemble import Calibrated, LogNormal, SimulatedModel

SMALL, MEDIUM, LARGE = (
    SimulatedModel(
        name,
        accuracy=accuracy,
        latency=LogNormal(median_ms=latency_ms, sigma=0.6),
        input_price=price,
        output_price=4 * price,
        confidence=Calibrated(),
    )
    for name, accuracy, latency_ms, price in (
        ("small", 0.70, 300, 0.1),
        ("medium", 0.80, 600, 0.5),
        ("large", 0.90, 900, 2.5),
    )
)
PANEL = (
    SMALL,
    MEDIUM,
    LARGE,
    *(SimulatedModel(f"further {n}", accuracy=0.75, input_price=0.2) for n in range(4)),
)
