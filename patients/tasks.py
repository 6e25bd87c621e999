"""Thin tasks of the record."""

from celery import shared_task

from patients import codes


@shared_task(ignore_result=True)
def forget_codes() -> None:
    """Delete the sign-in codes that are over. Beat calls this every hour."""
    codes.forget()
