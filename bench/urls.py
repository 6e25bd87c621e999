"""The product's addresses, REF, and a page that holds nothing but the frame."""

import random

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from bench.reference import ROWS, TEMPLATE
from clinic.access import needs, public
from clinic.urls import handler404
from clinic.urls import urlpatterns as product

__all__ = ["handler404", "urlpatterns"]

FRAME = engines["django"].from_string('{% extends "base_staff.html" %}')
REF = engines["django"].from_string(TEMPLATE)


class Ref(models.Model):
    title = models.TextField()
    body = models.TextField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = 'bench"."ref'


@public
def ref(request: HttpRequest) -> HttpResponse:
    row = Ref.objects.get(pk=random.randint(1, ROWS))
    return HttpResponse(REF.render({"title": row.title, "body": row.body}, request))


@needs("clinic.read")
def frame(request: HttpRequest) -> HttpResponse:
    return HttpResponse(FRAME.render({}, request))


urlpatterns = [path("bench/ref/", ref), path("bench/frame/", frame), *product]
