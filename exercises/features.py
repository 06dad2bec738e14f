"""Movement and load properties of an exercise that can matter for safety.

The 23 features of the precaution matrix (`programs/safety_matrix.csv`). `ANY_EXERCISE` belongs to every
exercise: it carries the programme-wide hold, so that an exercise with no other feature cannot slip past a
suspected fracture, an acute thrombosis or a fever.
"""

from dataclasses import dataclass

from config.lib.words import Word


class Feature(Word):
    SPINAL_FLEXION_LOAD = "spinal_flexion_load"
    CERVICAL_ROTATION_END_RANGE = "cervical_rotation_end_range"
    HIGH_IMPACT = "high_impact"
    HIP_FLEXION_GT_90 = "hip_flexion_gt_90"
    HIP_ADDUCTION_PAST_MIDLINE = "hip_adduction_past_midline"
    HIP_INTERNAL_ROTATION = "hip_internal_rotation"
    FOAM_ROLL_ON_SPINE = "foam_roll_on_spine"
    PRONE_LYING = "prone_lying"
    VALSALVA = "valsalva"
    HEAT = "heat"
    COLD = "cold"
    POOL = "pool"
    SPINAL_ROTATION_END_RANGE = "spinal_rotation_end_range"
    CERVICAL_EXTENSION_END_RANGE = "cervical_extension_end_range"
    HIP_EXTENSION_PAST_NEUTRAL = "hip_extension_past_neutral"
    HIP_EXTERNAL_ROTATION_END_RANGE = "hip_external_rotation_end_range"
    RESISTED_HIP_ABDUCTION = "resisted_hip_abduction"
    FOAM_ROLL_LIMB = "foam_roll_limb"
    SUPINE_FLAT = "supine_flat"
    BALANCE_CHALLENGE = "balance_challenge"
    HIGH_INTENSITY_AEROBIC = "high_intensity_aerobic"
    FLOOR_TRANSFER = "floor_transfer"
    ANY_EXERCISE = "any_exercise"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Feature.SPINAL_FLEXION_LOAD: "Loaded bending of the spine",
    Feature.CERVICAL_ROTATION_END_RANGE: "End-range neck rotation",
    Feature.HIGH_IMPACT: "High impact",
    Feature.HIP_FLEXION_GT_90: "Hip flexion over 90 degrees",
    Feature.HIP_ADDUCTION_PAST_MIDLINE: "Hip adduction past the midline",
    Feature.HIP_INTERNAL_ROTATION: "Hip internal rotation",
    Feature.FOAM_ROLL_ON_SPINE: "Foam rolling on the spine",
    Feature.PRONE_LYING: "Lying on the front",
    Feature.VALSALVA: "Straining with held breath",
    Feature.HEAT: "Heat",
    Feature.COLD: "Cold",
    Feature.POOL: "Pool",
    Feature.SPINAL_ROTATION_END_RANGE: "End-range rotation of the spine",
    Feature.CERVICAL_EXTENSION_END_RANGE: "End-range neck extension",
    Feature.HIP_EXTENSION_PAST_NEUTRAL: "Hip extension past neutral",
    Feature.HIP_EXTERNAL_ROTATION_END_RANGE: "End-range hip external rotation",
    Feature.RESISTED_HIP_ABDUCTION: "Resisted hip abduction",
    Feature.FOAM_ROLL_LIMB: "Foam rolling on a limb",
    Feature.SUPINE_FLAT: "Lying flat on the back",
    Feature.BALANCE_CHALLENGE: "Balance challenge",
    Feature.HIGH_INTENSITY_AEROBIC: "High-intensity aerobic effort",
    Feature.FLOOR_TRANSFER: "Getting down to the floor",
    Feature.ANY_EXERCISE: "Any exercise",
}


@dataclass(frozen=True, slots=True)
class Unsafe:
    """The features a patient should be kept from, and those that ask for care."""

    avoid: frozenset[Feature]
    caution: frozenset[Feature]
