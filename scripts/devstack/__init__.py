"""The whole platform on one machine: for `make dev`, for tests with real processes and for benchmarks."""
