"""Thin tasks of the floor."""

from celery import shared_task

from clinic import services


@shared_task(ignore_result=True)
def forget() -> None:
    """Delete what is over. Beat calls this every hour."""
    services.forget()
