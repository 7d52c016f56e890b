"""
Outcomes -> lines of files, durable before they are counted; requests -> claims, so that one run sends each.

The journal of a database is the folder `<db>.journal/`, where each run appends to files of its own. An
answer is handed to the operating system before it is counted, so that a killed process loses none, and
a request is claimed before it is sent, so that another run does not send it too. What is in the
database is deleted. The files of a run that is gone are read by the next command.
"""

from extractor.journal.entries import Entry
from extractor.journal.remains import Remains, left_behind
from extractor.journal.writing import Claim, Journal

__all__ = ["Claim", "Entry", "Journal", "Remains", "left_behind"]
