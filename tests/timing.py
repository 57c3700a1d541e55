"""How long something takes, whatever else the machine does, and without what counts the lines of the tests."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Took:
    """Seconds of the processor, once the block is over."""

    seconds = float("inf")


@contextmanager
def processor_time() -> Iterator[Took]:
    """Measure the block. The counting of lines stands still meanwhile: it costs more than many a thing it counts."""
    took, counting = Took(), sys.gettrace()
    sys.settrace(None)
    began = time.process_time()
    try:
        yield took
    finally:
        took.seconds = time.process_time() - began
        sys.settrace(counting)
