"""Typesetting: tagged, in order, whole whatever somebody is called, and within bounds."""

import io
import threading
import time
from datetime import date

import pypdf
import pytest

from config.lib import pdf, typeface
from config.lib.pdf import Document, PdfFailed, TooLarge, TooSlow

SOURCE = """
#let it = json("data.json")
#set document(title: it.title)
#set text(font: "DejaVu Sans", lang: "en")
= #it.title
#for name in it.names [ #name \\ ]
"""
# What a name may be called when somebody wants to break a document, or merely lives elsewhere.
HOSTILE = [
    '#eval("1 + 1")',
    '#read("/etc/passwd")',
    "$ x^2 $",
    "\\ \\u{41} @ref <label> *b* _i_ `raw` // no /* no */",
    '"; #panic()',
    "= Heading",
    "Ана Ångström-O’Brien",
    "שלום بن عمر",
    "王小明",
    "สมชาย",
    "Zoë 😀 👨‍👩‍👧",
    "a" + "\u0300" * 200,
    "\u202eevil\u2066",
    "\ud800",
    "x" * 5000,
]


def document(*names: str, title: str = "A sheet", **more: object) -> Document:
    return Document(SOURCE, {"title": title, "names": list(names)}, **more)  # type: ignore[arg-type]


def slow_document(turns: int) -> Document:
    source = f'#set document(title: "Slow")\n#for n in range({turns}) {{ let x = calc.sqrt(n) }}\nDone'
    return Document(source, {})


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def test_a_document_is_tagged_and_says_what_it_is() -> None:
    made = read(pdf.make(document("Dan", on=date(2026, 11, 18))))

    catalogue = made.root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "en"
    assert made.metadata is not None
    assert made.metadata.title == "A sheet"
    assert made.metadata.creation_date_raw == "D:20261118000000Z"
    assert b"pdfuaid:part" in made.xmp_metadata.stream.get_data()  # type: ignore[union-attr]


def test_the_same_document_has_the_same_bytes() -> None:
    assert pdf.make(document("Dan", on=date(2026, 11, 18))) == pdf.make(document("Dan", on=date(2026, 11, 18)))


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_text_and_never_markup(name: str) -> None:
    text = read(pdf.make(document(name, "the end"))).pages[-1].extract_text()

    assert text.rstrip().endswith("the end")


@pytest.mark.parametrize("name", HOSTILE[:6])
def test_markup_is_printed_as_it_was_typed(name: str) -> None:
    text = read(pdf.make(document(name))).pages[0].extract_text()

    assert "".join(name.split()) in "".join(text.split())


def test_letters_that_the_typeface_lacks_become_boxes() -> None:
    assert typeface.drawable("王 Dan") == "□ Dan"
    assert typeface.drawable("Zoë שלום Ж ✓ 😀") == "Zoë שלום Ж ✓ 😀"
    assert typeface.plain("Zoë שלום – ✓") == "Zoë □□□□ – □"


def test_a_joining_that_cannot_be_drawn_is_tried_again_in_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeface, "drawable", lambda text: text)

    assert "□□" in read(pdf.make(document("王明"))).pages[0].extract_text()


def test_a_fault_in_the_source_is_one_sentence() -> None:
    with pytest.raises(PdfFailed, match="could not be made"):
        pdf.make(Document("#panic()", {}))


def test_nothing_is_read_from_the_disk_or_the_network() -> None:
    for source in ('#read("/etc/passwd")', '#read("../pdf.py")', '#image("missing.svg")'):
        with pytest.raises(PdfFailed):
            pdf.make(Document(source, {}))
    with pytest.raises(PdfFailed, match="packages"):
        pdf.make(Document('#import "@preview/cetz:0.4.0": canvas', {}))


def test_more_than_a_document_may_hold_is_refused() -> None:
    with pytest.raises(TooLarge):
        pdf.make(document("x" * (pdf.MOST_DATA + 1)))
    with pytest.raises(TooLarge):
        pdf.make(document(files={"a.svg": bytes(pdf.MOST_FILES + 1)}))


def test_a_document_that_takes_too_long_ends_with_a_sentence() -> None:
    slow = slow_document(1_500_000)
    started = time.monotonic()

    with pytest.raises(TooSlow, match="too long"):
        pdf.make(slow, seconds=0.1)

    assert time.monotonic() - started < 1


def test_others_go_on_while_one_is_made() -> None:
    """Typst works outside Python's lock: this thread counts on while a document is in the making."""
    slow = slow_document(700_000)
    worker = threading.Thread(target=lambda: pdf.make(slow, seconds=30))
    worker.start()
    turns = 0
    while worker.is_alive():
        time.sleep(0.005)
        turns += 1
    assert turns > 10


def test_pages_as_pictures() -> None:
    pages = pdf.make_pictures(document("Dan"), ppi=40)

    assert len(pages) == 1
    assert pages[0].startswith(b"\x89PNG")
