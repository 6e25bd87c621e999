"""What patients tell the apps above them, inside the transaction that does it. The sender is the Patient class.

`safety_changed`: `patient`, `by`: a safety fact, an answer, a diagnosis or the age changed; running plans are checked again.
`patient_invited`: `patient`, `by`: they may now sign in by one-time code.
`patient_left`: `patient`, `by`: archived or died; everything outgoing stops.
`patients_merged`: `survivor`, `merged`, `by`: what the second had is the first's now.
`patients_parted`: `survivor`, `merged`, `by`: a merge was undone; each has its own again.
`visits_asked`: `patient`: how many visits to come would be called off by a death; whoever keeps visits answers.
`baseline_asked`: `patient`: whoever knows a day from which on the patient was treated answers with it, or None.
"""

from django.dispatch import Signal

safety_changed = Signal()
patient_invited = Signal()
patient_left = Signal()
patients_merged = Signal()
patients_parted = Signal()
baseline_asked = Signal()
visits_asked = Signal()
