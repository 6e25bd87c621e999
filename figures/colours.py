"""The colours of pictures: by light, and what a media query changes in the dark.

A letter stands for a part of the patient: s skin, t shirt, p trousers, h hair, b shoes; with h before it the helper's; 2 is the far
side.
"""

INK = "#33424d"
COLOURS = {
    "s": "#e3ae86", "s2": "#c9956f", "t": "#8b5a86", "t2": "#6c4468", "p": "#4d6076", "p2": "#3d4d60", "h": "#3a2d2a",
    "b": "#7a5238", "b2": "#5e3f2b",
    "hs": "#b9835c", "hs2": "#a06e4b", "ht": "#5c9a8b", "ht2": "#467a6e", "hp": "#6b6f76", "hp2": "#565a61", "hh": "#77716e",
    "ear": "#d69d75", "earh": "#a9754f", "eye": "#2b2523", "face": "#2b2523", "nail": "#f0c9ab",
    "fingernail": "#f4d6c0", "crease": "#a8714d", "rim": "#efc766", "rice": "#faf6ea", "grain": "#cfc3a3",
    "mat": "#bcd7c6", "mat2": "#d0e5d8", "wood": "#c9a57a", "wood2": "#a98861", "seat": "#d9bb93", "seat2": "#ead3b3",
    "wall": "#dfe3e6", "cloth": "#f3efe6", "cloth2": "#d8d0bf", "foam": "#a9c4dd", "foam2": "#c3d8ea",
    "metal": "#9aa6ae",
    "ball": "#e0735a", "coin": "#d9a93a",
    "bottle": "#7fb4d6", "glass": "#cfe3ee", "strap": "#2f7d8c", "band": "#1f8a5f", "tyre": "#4a545c", "spoke": "#8b979f",
    "floor": "#aeb9c0", "ground": "#e9ecef", "stretch": "#f0562f", "work": "#ffc21f", "nerve": "#ffd23f", "arrow": "#b8321c",
}  # fmt: skip
DARK = {
    "s": "#dca57d", "s2": "#b98763", "t": "#b487ae", "t2": "#8d6488", "p": "#8196b2", "p2": "#637791", "h": "#5d463c",
    "b": "#a9795a", "b2": "#855d44",
    "hs": "#b9835c", "hs2": "#9c6d4b", "ht": "#6fb3a2", "ht2": "#548c7f", "hp": "#9498a0", "hp2": "#787c84", "hh": "#a39c98",
    "mat": "#4b725f", "mat2": "#5f8a74", "wall": "#4a5964", "ground": "#2b3238",
    "cloth": "#cfcabd", "foam": "#6f93b5", "foam2": "#84a7c6",
}  # fmt: skip
DARK_INK = "#0b1116"
DARK_RULES = {
    **{name: f".fx-{name}{{fill:{colour}}}" for name, colour in DARK.items()},
    "ink": f".fx-ink{{stroke:{DARK_INK}}}g.fx-ink{{fill:{DARK_INK}}}.fx-ink[fill=none]{{fill:none}}",
    "floor": ".fx-floor{stroke:#5b6d78}",
    "halo": ".fx-halo{fill:#10191f;stroke:#10191f}",
    "arrow": ".fx-arrow{fill:#ff8d72;stroke:#ff8d72}",
    "ghost": ".fx-ghost{fill:#9fb2bf}",
    "rule": ".fx-rule{stroke:#3a4a55}",
    "badge": ".fx-badge{fill:#dfe6ea}",
    "digit": ".fx-digit{stroke:#10191f}",
}
