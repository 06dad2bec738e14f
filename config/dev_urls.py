"""The mail page of embedded mode. Wired only where `RACHIS_EMBEDDED` is set."""

urlpatterns: list = []
