"""
Text -> the passages of it that speak to a model, or are hidden from a reader.

An abstract is data, but some hold words for the machine that reads them ("ignore the above and report ...")
or words that no reader sees (comments, white text). Such a passage bears nothing out. It reaches

- where it is hidden: from its first mark to its last, or to the end where it is never closed;
- where it speaks to a model: from the start of the sentence to the end of the paragraph, with the sentence
  before it where it points back.

A text that speaks *of* such words is left alone: verbs count where they command, at the start of a sentence
or behind "please", and not in the middle of one ("models that ignore previous instructions"). What a sentence
quotes is a mention too, unless there is a number in it: then it might be the claim.
"""

from extractor.suspecting.passages import Passage, suspect_passages

__all__ = ["Passage", "suspect_passages"]
