"""The people of the demo clinics. Nobody here is real; phones are of a range that is not given out, addresses end in .example.

`story` says how they are doing at home, `plan` how their plan stands, `weeks` how long ago it was signed.
"""

from dataclasses import dataclass, field
from typing import Any

PATIENT, THEIR_EMAIL = "Ruma Ghosh", "patient@demo.tonus"


@dataclass(frozen=True)
class Person:
    given: str
    family: str
    sex: str
    age: int
    condition: str
    side: str | None = None
    level: str | None = None
    weeks: int = 6
    story: str = "steady"  # better, steady, worse, quiet, stuck, painful, stopped, seldom, paper
    plan: str = "active"  # amended, amending, ending, hold, completed, draft, none, archived
    language: str = "en"
    protocol: str = ""  # else the usual one of the condition
    qualifiers: dict[str, Any] = field(default_factory=dict)
    flags: tuple[tuple[str, tuple[str, ...], str], ...] = ()  # flag, where, note
    phone_of: str = ""  # who else's phone it is
    reason: str = ""
    found: tuple[str, tuple[str, ...], str] | None = None  # a flag found since, which pauses part of the plan

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()


def flag(name: str, *regions: str, note: str = "") -> tuple[str, tuple[str, ...], str]:
    return name, regions, note


P = Person
NUMB_FEET = flag(
    "reduced-sensation", "left-sole", "right-sole", note="10 g monofilament felt at 4 of 10 points"
)
NUMB_SOLE = flag("absent-sensation", "left-sole", note="No heat or cold packs below the left knee")
LOW_SUGAR = flag("hypoglycaemia-risk", note="Insulin at breakfast and dinner")
THINNER = flag("anticoagulant", note="Apixaban 5 mg twice a day")
FALLS = flag("falls-risk-high", note="Two falls since August")
WARMTH = flag("ms-heat-sensitivity", note="Weaker after a hot bath")
WALKS, CHAIR = {"ambulation": "walks-with-aid"}, {"ambulation": "wheelchair-most-of-day"}

# Those whom a page should have something to say about come first.
DEMO = [
    P(
        "Ruma", "Ghosh", "female", 52, "lumbosacral-radiculopathy", "left", "L5-S1", 5, "worse", "amended",
        protocol="lumbar-radiculopathy-chronic", flags=(NUMB_SOLE,), qualifiers={"irritability": "moderate"},
        reason="Cramp in the left calf at night, pain from back to foot",
    ),
    P(
        "Imran", "Khan", "male", 48, "lumbar-radiculopathy", "right", "L5", 3, "stopped",
        protocol="lumbar-radiculopathy-acute", qualifiers={"irritability": "high"},
        reason="Pain down the right leg since lifting a gas cylinder",
    ),
    P(
        "Debasish", "Mondal", "male", 61, "ms-secondary-progressive", None, None, 9, "quiet",
        qualifiers={"edss": 6, **WALKS}, flags=(WARMTH, FALLS), phone_of="son", reason="Stiff legs, drags the left foot",
    ),
    P(
        "Lakshmi", "Iyer", "female", 39, "cervical-radiculopathy", "right", "C6", 5, "stuck",
        protocol="cervical-radiculopathy-chronic", reason="Neck and arm pain at the keyboard",
    ),
    P(
        "Abdul", "Rahim", "male", 55, "diabetic-polyneuropathy", None, None, 7, "steady", "amending",
        flags=(NUMB_FEET, LOW_SUGAR), qualifiers={"distribution": "length-dependent"},
        reason="Cramps in both calves, unsteady in the dark",
    ),
    P(
        "Sunita", "Devi", "female", 33, "sci-paraplegia-incomplete", None, "T10", 10, "better", "active", "hi",
        qualifiers={"ais": "C", "walks": "yes", "spinal-stability": "yes"}, reason="Leg spasms when turning in bed",
    ),
    P(
        "Farida", "Begum", "female", 44, "ms-relapsing-remitting", None, None, 4, "better", "active", "bn",
        qualifiers={"edss": 3.5, "ambulation": "walks-unaided"}, flags=(WARMTH,), reason="Calf stiffness after walking",
    ),
    P(
        "Harish", "Agarwal", "male", 58, "lumbar-radiculopathy", "left", "L4", 8, "better", "ending",
        protocol="lumbar-radiculopathy-acute", flags=(THINNER,), reason="Thigh pain on stairs",
    ),
    P(
        "Piyali", "Dutta", "female", 36, "lumbago-with-sciatica-right", None, None, 6, "steady",
        reason="Sits all day; right buttock and calf",
    ),
    P(
        "Joydeep", "Nath", "male", 42, "sci-tetraplegia-incomplete", None, "C6", 11, "steady",
        qualifiers={"ais": "D", "walks": "yes", "spinal-stability": "yes"}, flags=(FALLS,),
        reason="Hand spasms, walks with a stick",
    ),
    P(
        "অনন্যা", "সেন", "female", 54, "ms-relapsing-remitting", None, None, 7, "worse", "active", "bn",
        qualifiers={"edss": 4, **WALKS}, flags=(WARMTH,), reason="রাতে দুই পায়ে টান ধরে",
    ),
    P(
        "রুমা", "ঘোষাল", "female", 47, "carpal-tunnel-syndrome", "right", None, 3, "better", "active", "bn",
        reason="ডান হাতে রাতে ঝিনঝিন করে",
    ),
    P(
        "সুবীর", "দাস", "male", 66, "diabetic-polyneuropathy", None, None, 9, "quiet", "active", "bn",
        flags=(NUMB_FEET, LOW_SUGAR, FALLS), phone_of="daughter", reason="পায়ের তলায় অসাড়তা",
    ),
    P(
        "सुनीता", "शर्मा", "female", 41, "lumbago-with-sciatica-left", None, None, 5, "steady", "active", "hi",
        reason="कमर से बाएँ पैर तक दर्द",
    ),
    P(
        "राजेश", "तिवारी", "male", 50, "sci-paraplegia-complete", None, "T4", 12, "stuck", "active", "hi",
        qualifiers={"ais": "A", "walks": "no", "spinal-stability": "yes"},
        flags=(flag("absent-sensation", "left-buttock", "right-buttock", "sacrum", "left-sole", "right-sole"),),
        reason="पैरों में ऐंठन, व्हीलचेयर",
    ),
    P(
        "Rekha", "Sharma", "female", 63, "lumbar-radiculopathy", "left", "L5", 6, "painful", "active",
        protocol="lumbar-radiculopathy-chronic", flags=(flag("cardiac-pacemaker", note="Since 2021, AIIMS"),),
        reason="Left leg pain when standing to cook",
    ),
    P(
        "Meera", "Joshi", "female", 29, "sciatica-left", None, None, 4, "steady", "active",
        flags=(flag("pregnant", note="16 weeks at the first visit"),), reason="Sciatica since the second trimester",
    ),
    P(
        "Arun", "Pillai", "male", 46, "ulnar-neuropathy-elbow", "left", None, 5, "seldom",
        reason="Ring and little finger cramp on the motorbike",
    ),
    P(
        "Leela", "Iyer", "female", 71, "polyneuropathy-unspecified", None, None, 8, "paper",
        flags=(NUMB_FEET, FALLS, flag("osteoporosis")), phone_of="Lakshmi Iyer", reason="Unsteady, cramps at night",
    ),
    P(
        "Gopal", "Reddy", "male", 57, "cervical-radiculopathy", "left", "C7", 7, "steady",
        protocol="cervical-radiculopathy-acute", flags=(THINNER,), reason="Triceps weak, pain to the middle finger",
    ),
    P(
        "Anita", "Kaur", "female", 38, "ms-relapsing-remitting", None, None, 2, "better",
        protocol="ms-after-relapse", qualifiers={"edss": 3, **WALKS}, flags=(WARMTH,), reason="Relapse in September",
    ),
    P(
        "Dipak", "Mondal", "male", 59, "ms-primary-progressive", None, None, 10, "worse",
        qualifiers={"edss": 5.5, **WALKS}, flags=(WARMTH,), phone_of="Debasish Mondal", reason="Knees lock on the stairs",
    ),
    P(
        "Ruma", "Sarkar", "female", 49, "lumbago-with-sciatica-right", None, None, 3, "better",
        reason="Back and right leg after a fall",
    ),
    P("Neha", "Jain", "female", 31, "cervical-radiculopathy", "right", "C7", 4, "seldom",
      reason="Desk work, tingling hand"),
    P(
        "Sana", "Sheikh", "female", 45, "common-peroneal-neuropathy", "left", None, 6, "better",
        reason="Foot drop after the plaster came off",
    ),
    P("Omar", "Ali", "male", 64, "chemotherapy-induced-neuropathy", None, None, 5, "steady",
      flags=(NUMB_FEET,)),
    P("Bina", "Pal", "female", 68, "lumbar-radiculopathy", "right", "L4", 9, "stuck", flags=(THINNER,),
      found=flag("progressive-deficit", note="Knee gives way since Monday, MRC 3, was 4")),
    P("Manoj", "Tiwari", "male", 35, "tarsal-tunnel-syndrome", "right", None, 4, "better", language="hi"),
    P(
        "Kabita", "Roy", "female", 53, "guillain-barre-recovery", None, None, 8, "better", language="bn",
        flags=(flag("severe-fatigue"),), reason="Back home after Guillain-Barré, weak ankles",
    ),
    P("Lalita", "Gupta", "female", 60, "sciatic-nerve-lesion", "right", None, 5, "painful", language="hi"),
    P("Subir", "Das", "male", 43, "radial-neuropathy", "right", None, 3, "steady"),
    P("Tapan", "Nandy", "male", 56, "sciatica-right", None, None, 2, "steady"),
    P("Salma", "Khatun", "female", 40, "ms-relapsing-remitting", None, None, 6, "quiet",
      language="bn", flags=(WARMTH,)),
    P("Pradip", "Sur", "male", 62, "cervical-radiculopathy", "left", "C6", 4, "steady"),
    P("Arup", "Rakshit", "male", 51, "charcot-marie-tooth", None, None, 10, "seldom"),
    P("Mousumi", "Chatterjee", "female", 37, "sciatica-left", None, None, 3, "better", language="bn"),
    P("Kunal", "Basu", "male", 28, "sci-brown-sequard", None, "T8", 7, "better",
      qualifiers={"ais": "D", "walks": "yes"}),
    P("Shabana", "Parveen", "female", 34, "lumbar-radiculopathy", "left", "L5", 2, "steady", language="hi"),
    P("Biswajit", "Halder", "male", 65, "sci-degenerative-cervical-myelopathy", None, "C5", 9, "steady",
      flags=(FALLS,)),
    P("Jaya", "Menon", "female", 48, "thoracic-radiculopathy", "right", "T7", 4, "better"),
    P("Tarun", "Ganguly", "male", 72, "diabetic-polyneuropathy", None, None, 8, "paper",
      flags=(NUMB_FEET, THINNER, LOW_SUGAR)),
    P("Nasreen", "Sultana", "female", 50, "alcoholic-neuropathy", None, None, 5, "seldom",
      language="bn", flags=(NUMB_FEET,)),
    P("Prakash", "Rao", "male", 44, "lumbago-with-sciatica-left", None, None, 6, "steady"),
    P("Sharmila", "Bhattacharya", "female", 57, "ms-secondary-progressive", None, None, 11, "stuck",
      qualifiers=CHAIR,
      protocol="ms-non-ambulatory", flags=(WARMTH, flag("cannot-stand-alone"))),
    P("Vinod", "Kumar", "male", 39, "sci-tetraplegia-complete", None, "C7", 12, "steady", language="hi",
      qualifiers={"ais": "A", "walks": "no", "spinal-stability": "yes"},
      flags=(flag("absent-sensation", "left-buttock", "right-buttock", "sacrum", "left-heel", "right-heel"),)),
    P("Ranjana", "Mukherjee", "female", 66, "lumbar-radiculopathy", "right", "L5", 7, "better",
      language="bn"),
    P("Asif", "Iqbal", "male", 33, "sciatica-right", None, None, 3, "steady"),
    P("Deepa", "Nair", "female", 42, "nutritional-b12-neuropathy", None, None, 6, "better",
      flags=(NUMB_FEET,)),
    P("Sukumar", "Bera", "male", 58, "leprosy-neuropathy", None, None, 9, "steady",
      language="bn", flags=(NUMB_FEET,)),
    P("Kavita", "Deshmukh", "female", 46, "cervical-radiculopathy", "right", "C6", 5, "better",
      language="hi"),
    P("Rafiq", "Mollah", "male", 54, "lumbar-radiculopathy", "left", "L4", 4, "seldom", language="bn"),
    P("Indrani", "Lahiri", "female", 61, "cidp", None, None, 10, "steady", flags=(flag("severe-fatigue"),)),
    P("Santosh", "Yadav", "male", 47, "sci-central-cord", None, "C5", 8, "better", language="hi",
      qualifiers={"ais": "D", "walks": "yes"}),
    P("Purnima", "Saha", "female", 59, "lumbago-with-sciatica-right", None, None, 2, "steady", language="bn"),
    P("Ashok", "Banerjee", "male", 70, "lumbar-radiculopathy", "right", "L5", 6, "paper", flags=(THINNER,)),
    P("Zeenat", "Ara", "female", 36, "ms-relapsing-remitting", None, None, 5, "better", flags=(WARMTH,)),
    P("Mahesh", "Patil", "male", 52, "sciatica-left", None, None, 7, "steady", language="hi"),
    P("Swapna", "Biswas", "female", 45, "carpal-tunnel-syndrome", "both", None, 3, "steady", language="bn"),
    P("Henry", "D’Souza", "male", 63, "polyneuropathy-unspecified", None, None, 4, "seldom",
      flags=(NUMB_FEET,)),
    P("Gita", "Maity", "female", 55, "sci-cauda-equina", None, "L4", 9, "better",
      language="bn", qualifiers={"ais": "D"}),
    P("Pooja", "Singh", "female", 26, "clinically-isolated-syndrome", None, None, 3, "better", language="hi"),
    # not coming at present, and not yet
    P("Naresh", "Chandra", "male", 49, "ms-relapsing-remitting", None, None, 8, "quiet", "hold",
      flags=(WARMTH,)),
    P("Ila", "Majumdar", "female", 64, "lumbar-radiculopathy", "left", "L5", 7, "steady", "hold"),
    P("Suresh", "Shetty", "male", 53, "sciatica-right", None, None, 11, "better", "completed"),
    P("Anjali", "Ghosh", "female", 41, "cervical-radiculopathy", "left", "C6", 12, "better", "completed",
      language="bn"),
    P("Rahul", "Bose", "male", 38, "lumbago-with-sciatica-left", None, None, 12, "better", "completed"),
    P("Kamala", "Debi", "female", 74, "diabetic-polyneuropathy", None, None, 11, "paper", "archived",
      flags=(NUMB_FEET,)),
    P("Tapan", "Saha", "male", 45, "cervical-radiculopathy", "right", "C7", 0, "steady", "draft",
      reason="Neck and arm, first seen this week"),
    P("Shefali", "Jana", "female", 57, "ms-unspecified", None, None, 0, "steady", "draft", language="bn"),
    P("Nikhil", "Verma", "male", 30, "sciatica-right", None, None, 0, "steady", "none",
      reason="Referred by Dr Basu, sciatica for 6 weeks"),
    P("Parveen", "Akhtar", "female", 51, "", None, None, 0, "steady", "none",
      reason="Numb feet, referred from the diabetes clinic"),
    P("Dulal", "Karmakar", "male", 67, "", None, None, 0, "steady", "none",
      reason="Leg cramps", phone_of="Kabita Roy"),
    P("Teresa", "Gomes", "female", 60, "", None, None, 0, "steady", "none",
      reason="Stiff legs after a back operation"),
    P("Piyali", "Datta", "female", 36, "", None, None, 0, "steady", "none",
      reason="Buttock and calf; says she was here before", phone_of="Piyali Dutta"),  # registered twice: to be merged
]  # fmt: skip

OTHER = [
    P("Asha", "Kulkarni", "female", 48, "lumbar-radiculopathy", "right", "L5", 4, "better",
      protocol="lumbar-radiculopathy-chronic"),
    P("Ruma", "Ghosh", "female", 35, "ms-relapsing-remitting", None, None, 5, "steady",
      flags=(WARMTH,)),  # a namesake
    P("Vijay", "Deshpande", "male", 62, "diabetic-polyneuropathy", None, None, 6, "quiet",
      flags=(NUMB_FEET,)),
    P("Sneha", "Pawar", "female", 29, "sciatica-left", None, None, 3, "better"),
    P("Ganesh", "More", "male", 54, "sci-paraplegia-incomplete", None, "T9", 8, "steady",
      qualifiers={"ais": "C", "walks": "yes"}),
    P("Lata", "Joshi", "female", 66, "cervical-radiculopathy", "left", "C6", 5, "stuck"),
]  # fmt: skip
