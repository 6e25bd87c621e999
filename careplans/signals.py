"""What care plans tell the apps above them, inside the transaction that does it. The sender is the CarePlan class.

`plan_signed`: `plan` (now active), `replaced` (the version before, or None), `by` (Access).
`plan_changed`: `plan` whose status or current phase changed (held, resumed, completed, revoked, next phase), `by`.
`items_paused`: `plan`, `clinic_items`, `home_items` (lists), `by` (Access or None): a new fact, rule or day stopped them.
`exercise_logged`: `log` (an ExerciseLog), sent when a phone or a page said how an exercise went.
`next_visit_asked`: `patient`: when they are next expected; whoever keeps visits answers with the moment, or None.
"""

from django.dispatch import Signal

plan_signed = Signal()
plan_changed = Signal()
items_paused = Signal()
exercise_logged = Signal()
next_visit_asked = Signal()
