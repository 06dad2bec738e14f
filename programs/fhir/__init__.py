"""Programs and prescriptions as FHIR R4B resources; what each extension means is told in `docs/fhir.md`."""

from programs.fhir.care import care_plan, service_request
from programs.fhir.plans import plan_definition
from programs.fhir.rows import in_force, items_of, versions_of

__all__ = ["care_plan", "in_force", "items_of", "plan_definition", "service_request", "versions_of"]
