"""The demo clinics: believable people and twelve weeks of their care, made by code and told relative to today."""
