"""Look at the rows that were there before the rules of 0007, without keeping anybody from writing meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("careplans", "0010_doses_within_limits")]
    operations = [
        ValidateConstraint("careplan", "careplan_daily_minutes"),
        ValidateConstraint("goal", "goal_levels"),
        ValidateConstraint("goal", "goal_weight"),
    ]
