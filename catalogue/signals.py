"""What the catalogue tells the apps above it, inside the transaction that does it.

`exercise_changed`, sent by the Exercise class: `exercise` of a clinic's own, as it is now, `by`: plans that run and have it are
checked again.
"""

from django.dispatch import Signal

exercise_changed = Signal()
