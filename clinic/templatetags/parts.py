"""Sample forms for the page that shows every part of the interface (/parts/, not in production)."""

import re

from django import forms, template
from django.contrib.staticfiles import finders

register = template.Library()


class Sample(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Full name", max_length=150, help_text="As they say it. Any script.")
    phone = forms.CharField(label="Phone", max_length=20)
    referrer = forms.CharField(label="Sent by", required=False)
    therapist = forms.ChoiceField(
        label="To see", choices=[("", "First free therapist"), ("1", "Dr Anirban Sen")]
    )
    note = forms.CharField(label="In their words", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sex = forms.ChoiceField(
        label="Sex",
        widget=forms.RadioSelect,
        choices=[("f", "Female"), ("m", "Male"), ("o", "Other"), ("", "Not said")],
    )
    phone_owner = forms.ChoiceField(
        label="Whose phone is it?",
        widget=forms.RadioSelect,
        choices=[("own", "Their own"), ("family", "Family"), ("neighbour", "A neighbour")],
        help_text="Messages to a shared phone leave out the diagnosis.",
    )
    brings_on = forms.MultipleChoiceField(
        label="What brings it on?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("night", "At night"), ("walking", "Walking"), ("cold", "Cold"), ("stairs", "Stairs")],
        required=False,
    )
    side = forms.ChoiceField(
        label="Side",
        widget=forms.RadioSelect,
        choices=[("left", "Left"), ("right", "Right"), ("both", "Both")],
    )
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=60)
    pain = forms.IntegerField(label="Worst pain today?", min_value=0, max_value=10)
    pacemaker = forms.CharField(label="A pacemaker, or another device inside the body?")
    angle = forms.DecimalField(label="Leg raise", required=False)
    consent = forms.BooleanField(
        label="May we send you reminders by text?", help_text="You can stop them any time."
    )
    voice = forms.BooleanField(label="Read exercises aloud", required=False)


FILLED = {
    "name": "Kalpana Dey",
    "phone": "98300 44210",
    "therapist": "1",
    "sex": "f",
    "phone_owner": "family",
    "brings_on": ["night", "cold"],
    "side": "left",
    "minutes": 20,
    "pain": 5,
    "pacemaker": "unsure",
    "angle": "38",
    "consent": True,
}


@register.simple_tag
def sample_form() -> Sample:
    return Sample(initial=FILLED, prefix="sample")


@register.simple_tag
def refused_form() -> Sample:
    """The same form as it comes back: what was typed is kept, each error stands by its field."""
    typed = {
        "refused-name": "",
        "refused-phone": "98300 44",
        "refused-minutes": "90",
        "refused-sex": "",
        "refused-pain": "",
    }
    form = Sample(typed, prefix="refused")
    form.full_clean()
    if form.is_bound:
        form.errors["phone"] = form.error_class(["Enter 10 digits. You have 7."])
    return form


@register.simple_tag
def icon_names() -> list[str]:
    with open(finders.find("img/icons.svg")) as sprite:
        return re.findall(r'<symbol id="([\w-]+)"', sprite.read())


@register.filter
def split(words: str) -> list[str]:
    return words.split()
