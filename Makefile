# Each target only calls tools/tonus.py; where there is no make, call that: python3 tools/tonus.py run
PYTHON ?= python3
TONUS = $(PYTHON) tools/tonus.py

.PHONY: run test test-all lint services bench backup restore lock

run:
	@$(TONUS) run

test test-all:
	@$(TONUS) $@ $(ARGS)

lint services bench backup lock:
	@$(TONUS) $@ $(ARGS)

restore:
	@$(TONUS) restore $(FILE)
