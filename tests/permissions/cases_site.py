from tests.permissions.cases import Case, everyone

CASES = [
    Case("home", {**everyone((200, 302)), "clinicless": 200}),
    Case("healthz", everyone((200, 503))),
    Case("manifest", everyone(200)),
    Case("schema", everyone(200)),
    Case("api_docs", everyone(200)),
]
