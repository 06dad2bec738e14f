"""The words of the library: one closed vocabulary for each way to sort an exercise.

Pure: no Django here, so that the safety check and the importers can use the same words.
Values are stored in the database and in `exercises/library/*.toml`; labels are what people read.
"""

from config.lib.words import Word


class Labelled(Word):
    """A word whose label may differ from its value: `Kind.FOAM_ROLLING.label == "Foam rolling"`."""

    @property
    def label(self) -> str:
        return _LABELS.get(self.value) or super().label


class Kind(Labelled):
    STRETCHING = "stretching"
    FOAM_ROLLING = "foam_rolling"
    MOBILITY = "mobility"
    STRENGTHENING = "strengthening"
    POSTURE = "posture"
    BREATHING = "breathing"
    BALANCE = "balance"
    AEROBIC = "aerobic"
    AQUATIC = "aquatic"
    THERMAL = "thermal"


class Level(Labelled):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Position(Labelled):
    STANDING = "standing"
    SITTING = "sitting"
    SUPINE = "supine"
    SIDE_LYING = "side_lying"
    PRONE = "prone"
    QUADRUPED = "quadruped"
    HALF_KNEELING = "half_kneeling"
    KNEELING = "kneeling"
    FLOOR_SITTING = "floor_sitting"
    IN_WATER = "in_water"
    RESTING = "resting"
    MIXED = "mixed"


class Region(Labelled):
    HIP = "hip"
    HIP_FLEXORS = "hip_flexors"
    HIP_ADDUCTORS = "hip_adductors"
    HIP_ABDUCTORS = "hip_abductors"
    HIP_ROTATORS = "hip_rotators"
    PIRIFORMIS = "piriformis"
    GLUTEALS = "gluteals"
    HAMSTRINGS = "hamstrings"
    QUADRICEPS = "quadriceps"
    LATERAL_THIGH = "lateral_thigh"
    CALF = "calf"
    LOWER_LIMB = "lower_limb"
    NECK = "neck"
    THORACIC_SPINE = "thoracic_spine"
    LUMBAR_SPINE = "lumbar_spine"
    WHOLE_SPINE = "whole_spine"
    PELVIS = "pelvis"
    BACK_EXTENSORS = "back_extensors"
    ABDOMINALS = "abdominals"
    TRUNK = "trunk"
    LATERAL_TRUNK = "lateral_trunk"
    CHEST = "chest"
    RIBS = "ribs"
    SHOULDERS = "shoulders"
    SHOULDER_BLADES = "shoulder_blades"
    ARMS = "arms"
    BACK = "back"
    ENTHESIS = "enthesis"
    HEART_AND_LUNGS = "heart_and_lungs"
    WHOLE_BODY = "whole_body"


class Equipment(Labelled):
    NONE = "none"
    MAT = "mat"
    BED = "bed"
    CHAIR = "chair"
    WALL = "wall"
    DOORWAY = "doorway"
    STEP = "step"
    RAIL = "rail"
    STRAP = "strap"
    BAND = "band"
    STICK = "stick"
    PILLOW = "pillow"
    ROLLED_TOWEL = "rolled_towel"
    FOAM_ROLLER = "foam_roller"
    ROLLER_STICK = "roller_stick"
    FOAM_PAD = "foam_pad"
    HEAT_PACK = "heat_pack"
    HEATING_PAD = "heating_pad"
    ICE_PACK = "ice_pack"
    ICE_CUP = "ice_cup"
    CLOTH = "cloth"
    SHOWER = "shower"
    SPIROMETER = "spirometer"
    BREATHING_TRAINER = "breathing_trainer"
    SHOES = "shoes"
    POLES = "poles"
    BIKE = "bike"
    TREADMILL = "treadmill"
    ELLIPTICAL = "elliptical"
    ROWING_MACHINE = "rowing_machine"
    HEART_RATE_MONITOR = "heart_rate_monitor"
    WARM_POOL = "warm_pool"
    FLOAT = "float"


class EvidenceStrength(Labelled):
    """How far the evidence for one exercise reaches (shared clinical facts, section 6)."""

    A = "A"
    B = "B"
    C = "C"


class ExerciseState(Labelled):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


class MediaKind(Labelled):
    PHOTO = "photo"
    VIDEO = "video"
    LINK = "link"


class MediaState(Labelled):
    """`refused`: the file itself is no good; `lost`: it was good and is not there any more.

    `removed`: taken off by a person, who may bring it back for a day.
    """

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    REFUSED = "refused"
    LOST = "lost"
    REMOVED = "removed"


class JobKind(Labelled):
    IMPORT = "import"
    EXPORT = "export"


class JobLayout(Labelled):
    """`facts`: a list of exercises from elsewhere, which becomes drafts."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    FACTS = "facts"


class Outcome(Labelled):
    """What an import does with one row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class JobState(Labelled):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_LABELS = {
    "csv": "CSV",
    "xlsx": "Excel workbook",
    "json": "JSON",
    "facts": "Facts of another library",
    "in_review": "In review",
    "supine": "Lying on the back",
    "prone": "Lying on the front",
    "side_lying": "Lying on the side",
    "quadruped": "On all fours",
    "half_kneeling": "Half-kneeling",
    "floor_sitting": "Sitting on the floor",
    "in_water": "In water",
    "mixed": "Several positions",
    "calf": "Calf and ankle",
    "hip_flexors": "Hip flexors (front of the hip)",
    "hip_adductors": "Hip adductors (inner thigh)",
    "hip_abductors": "Hip abductors (side of the hip)",
    "enthesis": "Enthesis (tendon attachment)",
    "none": "No equipment",
    "A": "A: a trial or guideline names it",
    "B": "B: a patient body or hospital names it",
    "C": "C: the class is supported, this exercise by experience",
}

FLOOR_POSITIONS = frozenset(
    {
        Position.SUPINE,
        Position.SIDE_LYING,
        Position.PRONE,
        Position.QUADRUPED,
        Position.HALF_KNEELING,
        Position.KNEELING,
        Position.FLOOR_SITTING,
    }
)
