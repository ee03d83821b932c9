"""What operators see of the sweeps."""

from prometheus_client import Counter, Histogram

from todo_kit.metrics import REGISTRY

sweeps = Counter("sweeps_total", "Leases handled", ["agent", "outcome"], registry=REGISTRY)

suggestions = Counter(
    "sweep_suggestions_total", "Suggestions sent to the backend", ["rule", "result"], registry=REGISTRY
)

lateness = Histogram(
    "sweep_lateness_seconds",
    "How long after it was due a sweep was claimed",
    ["agent"],
    buckets=(1, 2.5, 5, 10, 15, 30, 60, 120, 300, 600, 1800),
    registry=REGISTRY,
)

claims = Counter("sweep_claims_total", "Looks for work", ["result"], registry=REGISTRY)
