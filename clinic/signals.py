"""What the practice tells the apps above it, inside the transaction that does it. The sender is the Membership class.

`member_left`: `member`, `by`: somebody stopped working here.
"""

from django.dispatch import Signal

member_left = Signal()
