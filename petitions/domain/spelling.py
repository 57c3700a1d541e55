"""Typing errors: whether two words are one slip of the finger apart."""


def one_error_apart(one: str, other: str) -> bool:
    """One letter too many, too few, another one, or two neighbours that changed places; False for equal words."""
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    n = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, other_rest = one[n:], other[n:]
    if len(one) < len(other):
        return rest == other_rest[1:]
    swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
    return rest[1:] == other_rest[1:] or swapped
