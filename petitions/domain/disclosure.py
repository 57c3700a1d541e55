"""What may be shown of small numbers (TRUST rule 9)."""

LEAST = 10


def rounded_down(residents: int | None) -> int | None:
    """A frozen number of residents as it may be published: a multiple of 10; None stands for "fewer than 10"."""
    if residents is None or residents < LEAST:
        return None
    return residents - residents % LEAST
