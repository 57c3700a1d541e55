"""The benchmark: production servers on loopback, ceilings of the same run, and docs/performance.md made of both."""
