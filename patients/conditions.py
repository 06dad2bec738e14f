"""Facts about a patient that matter for safety. Pure vocabulary: the 28 conditions of the precaution matrix."""

from config.lib.words import Word


class Condition(Word):
    AS_BASELINE = "as_baseline"
    FUSED_CERVICAL_SPINE = "fused_cervical_spine"
    FUSED_THORACOLUMBAR_SPINE = "fused_thoracolumbar_spine"
    OSTEOPOROSIS = "osteoporosis"
    VERTEBRAL_FRACTURE_HISTORY = "vertebral_fracture_history"
    SUSPECTED_ACUTE_FRACTURE = "suspected_acute_fracture"
    THA_POSTERIOR = "tha_posterior"
    THA_LATERAL = "tha_lateral"
    THA_ANTERIOR = "tha_anterior"
    THA_CLEARED = "tha_cleared"
    THA_WITH_STIFF_SPINE = "tha_with_stiff_spine"
    ADVANCED_HIP_ARTHRITIS = "advanced_hip_arthritis"
    ACUTE_FLARE = "acute_flare"
    ACUTE_UVEITIS = "acute_uveitis"
    CARDIAC_INVOLVEMENT = "cardiac_involvement"
    PREGNANCY = "pregnancy"
    ANTICOAGULATION = "anticoagulation"
    DVT_SUSPECTED_OR_ACUTE = "dvt_suspected_or_acute"
    SKIN_LESION_OR_OPEN_WOUND = "skin_lesion_or_open_wound"
    ATLANTOAXIAL_INSTABILITY = "atlantoaxial_instability"
    RESTRICTIVE_LUNG_DISEASE = "restrictive_lung_disease"
    BALANCE_PROBLEM_FALL_RISK = "balance_problem_fall_risk"
    HEAT_INSENSITIVITY = "heat_insensitivity"
    RAYNAUD = "raynaud"
    COLD_URTICARIA = "cold_urticaria"
    OBESITY = "obesity"
    UNCONTROLLED_HYPERTENSION = "uncontrolled_hypertension"
    FEVER_OR_INFECTION = "fever_or_infection"

    @property
    def label(self) -> str:
        """The short name, for a chip."""
        return _LABELS[self]

    @property
    def description(self) -> str:
        """The full wording of the matrix, for a choice list."""
        return _DESCRIPTIONS[self]


_LABELS = {
    Condition.AS_BASELINE: "AS, no other condition",
    Condition.FUSED_CERVICAL_SPINE: "Fused cervical spine",
    Condition.FUSED_THORACOLUMBAR_SPINE: "Fused thoracic or lumbar spine",
    Condition.OSTEOPOROSIS: "Osteoporosis or osteopenia",
    Condition.VERTEBRAL_FRACTURE_HISTORY: "Previous vertebral fracture",
    Condition.SUSPECTED_ACUTE_FRACTURE: "Suspected acute fracture",
    Condition.THA_POSTERIOR: "Hip replacement, posterior approach",
    Condition.THA_LATERAL: "Hip replacement, lateral approach",
    Condition.THA_ANTERIOR: "Hip replacement, anterior approach",
    Condition.THA_CLEARED: "Hip replacement, cleared",
    Condition.THA_WITH_STIFF_SPINE: "Hip replacement with stiff spine",
    Condition.ADVANCED_HIP_ARTHRITIS: "Advanced hip arthritis",
    Condition.ACUTE_FLARE: "Acute flare",
    Condition.ACUTE_UVEITIS: "Acute uveitis",
    Condition.CARDIAC_INVOLVEMENT: "Cardiac involvement",
    Condition.PREGNANCY: "Pregnancy",
    Condition.ANTICOAGULATION: "Anticoagulation or bleeding disorder",
    Condition.DVT_SUSPECTED_OR_ACUTE: "Suspected or acute DVT",
    Condition.SKIN_LESION_OR_OPEN_WOUND: "Skin lesion or open wound",
    Condition.ATLANTOAXIAL_INSTABILITY: "Atlanto-axial instability",
    Condition.RESTRICTIVE_LUNG_DISEASE: "Restrictive lung disease",
    Condition.BALANCE_PROBLEM_FALL_RISK: "Balance problem or fall risk",
    Condition.HEAT_INSENSITIVITY: "Reduced skin sensation",
    Condition.RAYNAUD: "Raynaud phenomenon",
    Condition.COLD_URTICARIA: "Cold urticaria",
    Condition.OBESITY: "Obesity (BMI 30 or more)",
    Condition.UNCONTROLLED_HYPERTENSION: "Uncontrolled hypertension",
    Condition.FEVER_OR_INFECTION: "Fever or infection",
}

_DESCRIPTIONS = {
    Condition.AS_BASELINE: "Any AS/axSpA patient, no other condition",
    Condition.FUSED_CERVICAL_SPINE: "Fused (ankylosed) cervical spine",
    Condition.FUSED_THORACOLUMBAR_SPINE: "Fused (ankylosed) thoracic or lumbar spine",
    Condition.OSTEOPOROSIS: "Osteoporosis or osteopenia, no known fracture",
    Condition.VERTEBRAL_FRACTURE_HISTORY: "Previous vertebral fracture (healed, cleared)",
    Condition.SUSPECTED_ACUTE_FRACTURE: (
        "New severe spinal pain or neurological sign, above all after a fall (red flag)"
    ),
    Condition.THA_POSTERIOR: "Total hip arthroplasty, posterior approach, inside the precaution period",
    Condition.THA_LATERAL: (
        "Total hip arthroplasty, direct lateral or anterolateral approach, inside the precaution period"
    ),
    Condition.THA_ANTERIOR: "Total hip arthroplasty, direct anterior approach, inside the precaution period",
    Condition.THA_CLEARED: "Total hip arthroplasty, precaution period over and surgeon has cleared",
    Condition.THA_WITH_STIFF_SPINE: "Any total hip arthroplasty in a patient with a fused or stiff lumbar spine",
    Condition.ADVANCED_HIP_ARTHRITIS: "Advanced hip arthritis or fixed flexion contracture",
    Condition.ACUTE_FLARE: "Acute flare (pain and stiffness clearly above the usual)",
    Condition.ACUTE_UVEITIS: "Acute anterior uveitis (red painful eye)",
    Condition.CARDIAC_INVOLVEMENT: (
        "Known heart disease or AS heart involvement (aortic regurgitation, conduction block)"
    ),
    Condition.PREGNANCY: "Pregnancy (above all after 16-20 weeks)",
    Condition.ANTICOAGULATION: "Anticoagulant treatment or bleeding disorder",
    Condition.DVT_SUSPECTED_OR_ACUTE: "Suspected or acute deep vein thrombosis",
    Condition.SKIN_LESION_OR_OPEN_WOUND: "Open wound, infected or fragile skin, active psoriasis plaque in the area",
    Condition.ATLANTOAXIAL_INSTABILITY: "Atlanto-axial instability (known or suspected)",
    Condition.RESTRICTIVE_LUNG_DISEASE: "Restrictive lung disease or marked loss of chest expansion",
    Condition.BALANCE_PROBLEM_FALL_RISK: "Balance problem, dizziness or fall in the last year",
    Condition.HEAT_INSENSITIVITY: "Reduced skin sensation (neuropathy, numb area)",
    Condition.RAYNAUD: "Raynaud phenomenon",
    Condition.COLD_URTICARIA: "Cold urticaria or cryoglobulinaemia",
    Condition.OBESITY: "Obesity (BMI >=30)",
    Condition.UNCONTROLLED_HYPERTENSION: "Uncontrolled high blood pressure",
    Condition.FEVER_OR_INFECTION: "Fever, systemic infection, or unwell (immunosuppressed patients above all)",
}

# The baseline holds for everyone with AS and is never recorded on a patient.
RECORDABLE = [condition for condition in Condition if condition is not Condition.AS_BASELINE]
