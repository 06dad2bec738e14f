"""The figures as a table, and each ratio beside its goal."""

from __future__ import annotations

from typing import Any

from tests.bench.library import ASKED, row_of
from tests.bench.prescribing import BUILDER

# (goal, our row, the row beside it, the most that the quotient of the medians may be)
RATIOS = [
    ("1  caseload of 50 <= 15 x AGG50", "caseload, 50 patients", "AGG50", 15.0),
    ("3  caseload of 1,000 <= 1.5 x caseload of 50", "caseload, 1,000 patients", "caseload, 50 patients", 1.5),
    ("3  sorted by adherence <= 1.5 x caseload of 50", "caseload, 1,000, by adherence", "caseload, 50 patients", 1.5),
    ("6  caseload after a write <= 1.2 x steady", "caseload, after a write", "caseload, 1,000 patients", 1.2),
    # Ten times the exercises may cost ten times as much, not more.
    *[(f"   {what} of 20,000 <= 10 x of 2,000", row_of(what, 20_000), row_of(what, 2_000), 10.0) for what in ASKED],
]
STATEMENTS = [
    ("2  caseload <= 8 statements", "caseload, 50 patients", 8),
    ("2  patient page <= 8 statements", "patient page", 8),
    ("4  exercise list API <= 4 statements", "exercise list API", 4),
    ("5  one log write <= 8 statements", "one log write (API)", 8),
    ("   Today <= 15 statements", "Today", 15),
    (f"2  {BUILDER} <= 8 statements", BUILDER, 8),
    ("2  library of 20,000 <= 8 statements", row_of("search and facets", 20_000), 8),
    ("4  library API of 20,000 <= 4 statements", row_of("search API", 20_000), 4),
]
# Peers measured on a machine of this kind (speed.md); the share of their p50 that a goal allows. Ours and theirs are
# not of one run here, so these are stated as limits in milliseconds, not as ratios.
LIMITS = [
    ("1  caseload of 50 <= 0.35 x wger's list (49 ms)", "caseload, 50 patients", 0.35 * 49),
    ("4  exercise list API <= 0.2 x wger's (55 ms)", "exercise list API", 0.2 * 55),
    ("5  one log write <= 0.15 x wger's POST (74 ms)", "one log write (API)", 0.15 * 74),
    ("13 login page <= 0.35 x wger's (20 ms)", "login page", 0.35 * 20),
]
# The library is found in while one types: under 100 ms with 2,000 exercises, the slowest of twenty included.
WHILE_TYPING = [(f"   {what} of 2,000: p95 < 100 ms", row_of(what, 2_000), 100.0) for what in ASKED]


def _met(value: float, limit: float) -> str:
    return "met" if value <= limit else "NOT met"


def report(results: dict[str, Any]) -> str:
    """Both databases one after the other, then SQLite against PostgreSQL."""
    lines: list[str] = []
    for database, figures in results.items():
        pages = figures["pages"]
        lines += ["", f"{database}: milliseconds at one connection, medians of three rounds [range]"]
        lines.append(f"{'':<34}{'p50':>8}{'p95':>8}  {'range':<17}{'SQL':>4}{'KB':>7}{'x EMPTY':>9}{'x AGG50':>9}")
        for name, row in pages.items():
            span = f"[{row['low']:.2f}-{row['high']:.2f}]"
            sql = "" if row["sql"] is None else str(row["sql"])
            lines.append(
                f"{name:<34}{row['p50']:>8.2f}{row['p95']:>8.2f}  {span:<17}{sql:>4}{row['bytes'] / 1024:>7.1f}"
                f"{row['p50'] / pages['EMPTY']['p50']:>9.1f}{row['p50'] / pages['AGG50']['p50']:>9.1f}"
            )
        lines += ["", f"{database}: goals"] + [f"  {line}" for line in goals(figures)]
    if len(results) == 2:
        lines += ["", "12 SQLite <= 1.3 x PostgreSQL of the same run"]
        for name, row in results["sqlite"]["pages"].items():
            other = results["postgresql"]["pages"][name]["p50"]
            if not name.startswith(("EMPTY", "SELECT1", "AGG50")):
                quotient = row["p50"] / other
                lines.append(f"  {name:<34}{quotient:>6.2f}  {_met(quotient, 1.3)}")
    return "\n".join(lines)


def line_of_handout(size: str, row: dict[str, float]) -> str:
    """`11 handout of 6 <= 2 x bare typst, 11.2 / 7.9 ms a page, 3 pages`."""
    quotient, pages = row["ours"] / row["bare"], row["pages"]
    each = f"{row['ours'] / pages:.1f} / {row['bare'] / pages:.1f} ms a page, {pages:.0f} pages"
    return f"{f'11 handout of {size} <= 2 x bare typst, {each}':<68}{quotient:>6.2f}  {_met(quotient, 2.0)}"


def lines_of_prescribing(figures: dict[str, Any]) -> list[str]:
    """What is expected of 1,000 patients beside its bare statements, and changes put in force."""
    lines = []
    if row := figures.get("occurrences"):
        what = f"{row['patients']:,} patients x {row['days']} days"
        times = f"{row['ours']:.0f} ms [{row['ours_low']:.0f}-{row['ours_high']:.0f}], bare {row['bare']:.0f} ms"
        lines.append(f"   {row['count']:,} occurrences of {what}: {times}")
        same = "met" if row["sql"] == row["sql_of_10"] else "NOT met"
        lines.append(f"{'2  expected: as many statements as for 10 patients':<52}{row['sql']:>8}  {same}")
    if row := figures.get("drafts"):
        lines.append(f"   drafts used: {row['per_second']} a second, {row['ms']} ms and {row['sql']} statements each")
    return lines


def goals(figures: dict[str, Any]) -> list[str]:
    """One line a goal: the figure, the limit, met or not."""
    pages = figures["pages"]
    lines = []
    for goal, ours, other, limit in RATIOS:
        quotient = pages[ours]["p50"] / pages[other]["p50"]
        lines.append(f"{goal:<52}{quotient:>8.2f}  {_met(quotient, limit)}")
    spread = pages["caseload, 50 patients"]["p95"] / pages["caseload, 50 patients"]["p50"]
    lines.append(f"{'1  caseload p95 <= 1.6 x p50':<52}{spread:>8.2f}  {_met(spread, 1.6)}")
    for goal, ours, most in STATEMENTS:
        lines.append(f"{goal:<52}{pages[ours]['sql']:>8}  {_met(pages[ours]['sql'], most)}")
    for goal, ours, limit in LIMITS:
        lines.append(f"{goal:<52}{pages[ours]['p50']:>5.1f} ms  {_met(pages[ours]['p50'], limit)}")
    for goal, ours, limit in WHILE_TYPING:
        lines.append(f"{goal:<52}{pages[ours]['p95']:>5.1f} ms  {_met(pages[ours]['p95'], limit)}")
    lines += lines_of_prescribing(figures)
    lines += [line_of_handout(size, row) for size, row in figures.get("handouts", {}).items()]
    if "mail" in figures:
        mail = figures["mail"]
        text = f"{mail['ours_per_second']} / {mail['raw_per_second']} a second"
        lines.append(
            f"{'7  outbox >= 0.35 x raw smtplib, ' + text:<52}  {mail['ratio']:.2f}  {_met(0.35, mail['ratio'])}"
        )
        lines.append(
            f"{'7  <= 1.5 statements a mail':<52}{mail['statements_a_mail']:>8}  {_met(mail['statements_a_mail'], 1.5)}"
        )
    return lines
