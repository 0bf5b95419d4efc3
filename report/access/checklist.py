"""What no machine can judge: questions for a person, to be answered with the file at hand before it is published.

In: nothing. Out: `CHECKLIST`: the question, how to find out, and where it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One question, how to find the answer, and its source."""

    ask: str
    how: str
    rule: str


CHECKLIST: tuple[ChecklistItem, ...] = (
    ChecklistItem(
        "Is it read in an order that makes sense?",
        "Let a screen reader read a story page, an opener, and a quotation from start to end.",
        "WCAG 2.1, 1.3.2; ISO 14289-1, 7.1",
    ),
    ChecklistItem(
        "Does each alternative text say what the figure is there to say?",
        "Listen to it without looking; then look.",
        "WCAG 2.1, 1.1.1",
    ),
    ChecklistItem(
        "Is everything that is left out really decoration?",
        "Compare what is shown with what is read.",
        "ISO 14289-1, 7.1",
    ),
    ChecklistItem(
        "Do headings name what follows, and is nothing a heading that is none?",
        "Read the bookmarks alone.",
        "WCAG 2.1, 2.4.6",
    ),
    ChecklistItem(
        "Does every table make sense cell by cell?",
        "Move through it with the arrow keys: are the right heads spoken?",
        "WCAG 2.1, 1.3.1",
    ),
    ChecklistItem(
        "Does anything depend on colour alone?", "Print a chart in grey: can it still be read?", "WCAG 2.1, 1.4.1"
    ),
    ChecklistItem(
        "Can shapes of charts be told from their ground and from each other?",
        "Look at them in grey, small, and on a dim screen.",
        "WCAG 2.1, 1.4.11",
    ),
    ChecklistItem("Do links make sense on their own?", "Let the screen reader list them.", "WCAG 2.1, 2.4.4"),
    ChecklistItem("Are passages in another language marked?", "Listen: is the accent right?", "WCAG 2.1, 3.1.2"),
    ChecklistItem(
        "Does it reflow?", "Read at 400 % on a narrow window, or in a reader's reflow view.", "WCAG 2.1, 1.4.10"
    ),
    ChecklistItem("Is the wording as plain as it can be?", "Ask someone who was not part of it.", "WCAG 2.1, 3.1.5"),
)
