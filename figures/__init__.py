"""Exercise pictures drawn from data: plain Python, no Django. `README.md` beside this file tells how to correct a pose.

The way of a picture: `reading` (a YAML file, unknown keys refused) → `motion` (its poses over time) → `scene` (a pose becomes
people and props, in 3-D) → `body`, `props` (flat shapes before a camera) → `drawing` (SVG) → `release` (files, and their list).
`checking` looks at every frame; `sheets` shows many pictures at once.
"""
