"""What patients tell the apps above them, inside the transaction that does it. The sender is the Patient class.

`safety_changed`: `patient`, `by`: a safety fact, an answer or a diagnosis changed; running plans are checked again.
`patient_invited`: `patient`, `by`: they may now sign in by one-time code.
`patient_left`: `patient`, `by`: archived or died; everything outgoing stops.
"""

from django.dispatch import Signal

safety_changed = Signal()
patient_invited = Signal()
patient_left = Signal()
