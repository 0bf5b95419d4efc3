"""What only a person can judge: a checklist to go through with the file before it is published.

In: nothing. Out: `CHECKLIST`: each question, how to answer it, and the standard behind it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One question, how to answer it, and the standard behind it."""

    ask: str
    how: str
    rule: str


CHECKLIST: tuple[ChecklistItem, ...] = (
    ChecklistItem(
        "Does the reading order make sense?",
        "Have a screen reader read a story page, an opener, and a quotation from start to end.",
        "WCAG 2.1, 1.3.2; ISO 14289-1, 7.1",
    ),
    ChecklistItem(
        "Does each alternative text convey the point of its figure?",
        "Listen to it without looking at the figure. Then look at it.",
        "WCAG 2.1, 1.1.1",
    ),
    ChecklistItem(
        "Is everything marked as an artifact really decoration?",
        "Compare what is on the page with what is read aloud.",
        "ISO 14289-1, 7.1",
    ),
    ChecklistItem(
        "Do headings describe what follows, and are only real headings tagged as such?",
        "Read only the bookmarks.",
        "WCAG 2.1, 2.4.6",
    ),
    ChecklistItem(
        "Does every table make sense cell by cell?",
        "Move through it with the arrow keys. Are the right header cells announced?",
        "WCAG 2.1, 1.3.1",
    ),
    ChecklistItem(
        "Does anything depend on colour alone?", "Print a chart in greyscale. Is it still readable?", "WCAG 2.1, 1.4.1"
    ),
    ChecklistItem(
        "Do the shapes in charts stand out from the background and from each other?",
        "Look at them in greyscale, at a small size, and on a dim screen.",
        "WCAG 2.1, 1.4.11",
    ),
    ChecklistItem("Do links make sense out of context?", "Have the screen reader list them.", "WCAG 2.1, 2.4.4"),
    ChecklistItem("Are passages in other languages tagged as such?", "Listen. Is the accent right?", "WCAG 2.1, 3.1.2"),
    ChecklistItem(
        "Does the text reflow?", "Read at 400 % in a narrow window, or in a viewer's reflow mode.", "WCAG 2.1, 1.4.10"
    ),
    ChecklistItem("Is the language as plain as possible?", "Ask someone who was not involved.", "WCAG 2.1, 3.1.5"),
)
