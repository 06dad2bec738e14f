"""What no page may do while a test looks at it."""

from playwright.sync_api import ConsoleMessage, Page, Response


def watch(page: Page, problems: list[str]) -> None:
    """Write down each breach of the content security policy, script error and 5xx answer of this page."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            problems.append(message.text)

    def response(answer: Response) -> None:
        if answer.status >= 500:
            problems.append(f"{answer.status} {answer.url}")

    page.on("console", console)
    page.on("response", response)
    page.on("pageerror", lambda error: problems.append(f"script error on {page.url}: {error}"))
