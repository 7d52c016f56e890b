"""The command line: reads arguments, asks the library, prints, returns the exit code."""

import gc
import sys

from extractor.cli import asking, boards, evaluating, exporting, models, naming, running, runs, training
from extractor.cli.app import app
from extractor.cli.printing import tell
from extractor.errors import ExtractorError

STOPPED, INTERRUPTED = 2, 130
OBJECTS_BETWEEN_LOOKS = 50_000

__all__ = [
    "app",
    "asking",
    "boards",
    "evaluating",
    "exporting",
    "main",
    "models",
    "naming",
    "running",
    "runs",
    "training",
]


def main() -> None:
    """Run the command line and leave with 0, 1 (some papers failed) or 2 (could not run)."""
    # Objects are freed by their counts: looking for circles as often as usual takes a tenth of a run.
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    try:
        app()
    except ExtractorError as error:
        tell(f"error: {error}")
        sys.exit(STOPPED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        tell(f"error: the output cannot be written: {error.strerror}")
        sys.exit(STOPPED)
