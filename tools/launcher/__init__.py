"""Starts, watches and stops all of Tonus on one machine, from an empty checkout on. Standard library only.

refusal ← machine, environment, state, processes ← postgres, valkey ← servers ← web, quality ← commands
"""
