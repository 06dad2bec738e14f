"""Make a clinic and invite its first clinic admin. The way in for a fresh installation without a demo clinic."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from patients.enums import Role
from patients.models import Clinic, User
from patients.services import invitations


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="E-MAIL", help="address of the first clinic admin")
        parser.add_argument("--time-zone", default="Europe/Berlin")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic(name=options["name"], time_zone=options["time_zone"])
        try:
            validate_email(options["admin"])
            clinic.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        clinic.save()
        # The invitation needs somebody who sent it: the operator of this installation.
        operator, _ = User.objects.get_or_create(email="operator@localhost", defaults={"is_active": False})
        invitation = invitations.invite_staff(
            actor=operator, clinic=clinic, email=options["admin"], name="", role=Role.CLINIC_ADMIN, now=timezone.now()
        )
        self.stdout.write(f"{clinic.name} is there. The invitation to {options['admin']} is in the outbox.")
        self.stdout.write(f"Or hand over this link yourself, it works once: {invitations.link(invitation)}")
