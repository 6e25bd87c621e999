"""What scheduling tells the apps above it, inside the transaction that does it.

`appointments_booked`: `appointments` (list, one or a whole series), `by` (Access or None).
`appointment_moved`: `appointment` (at its new time), `was` (its span before), `by`.
`appointment_cancelled`: `appointment`, `by`. `appointment_restored`: `appointment`, `by`.
`appointment_missed`: `appointment`, `by`.
The sender is the Appointment class.
"""

from django.dispatch import Signal

appointments_booked = Signal()
appointment_moved = Signal()
appointment_cancelled = Signal()
appointment_restored = Signal()
appointment_missed = Signal()
