"""Names that break documents, for the tests of paper."""

HOSTILE_NAMES = [
    '#eval("1 + 1") #panic()',
    "$ x^2 $ \\ @ref <label> *b* _i_ `raw` // no /* no */",
    "\"quoted\" 'single' “typographic” {{7*7}} <script>alert(1)</script>",
    "= Heading - list + enum / term: x",
    "שלום بن عمر",
    "王小明 สมชาย क्षत्रिय",
    "Zoë 😀 👨‍👩‍👧 🏳️‍🌈",
    "a" + "\u0300" * 100,
    "W" * 120,
]
