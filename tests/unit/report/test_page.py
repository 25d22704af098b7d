from html.parser import HTMLParser

import pytest

from ratelaw.report import (
    Figure,
    Highlights,
    Listing,
    Number,
    Page,
    Panel,
    Section,
    Table,
    Text,
    print_table,
    render,
    write_page,
)

TABLE = Table(
    "Rates of <x>",
    ("rate", "truth", "found"),
    (("r", Number(0.1), Number(0.1 + 1e-15, 0.02, "3 % off")), ("k", Number(0.0), "absent")),
)
PAGE = Page(
    "A & B",
    "Two sentences.",
    Highlights(((Number(3.0, unit="%"), "off"),)),
    (
        Section(
            "One",
            (
                Text("<script>alert(1)</script>"),
                TABLE,
                Figure("Caption", (Panel("<svg></svg>", 'says "what"'),), columns=2),
                Listing("A --> B", "Network"),
            ),
        ),
    ),
)


class Reader(HTMLParser):
    """Elements with their attributes, and the text of each."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text, self.open = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page():
    return Reader(render(PAGE))


def test_every_element_is_closed_in_order(page):
    assert page.open == []


def test_text_is_escaped(page):
    assert not page.all("script")
    assert "<script>alert(1)</script>" in page.text


def test_tables_have_captions_and_scopes(page):
    assert len(page.all("caption")) == len(page.all("table")) == 1
    assert [head["scope"] for head in page.all("th")] == ["col"] * 3 + ["row"] * 2


def test_numbers_keep_full_precision(page):
    assert [float(number["value"]) for number in page.all("data")] == [
        3.0,
        0.1,
        0.1 + 1e-15,
        0.0,
    ]


def test_figures_say_what_they_show(page):
    (panel,) = [a for a in page.all("div") if a.get("role") == "img"]
    assert panel["aria-label"] == 'says "what"'


def test_nothing_is_fetched(page):
    assert page.all("link") == [{"rel": "icon", "href": "data:,"}]
    assert not any("src" in attributes for _, attributes in page.elements)
    (policy,) = [a for a in page.all("meta") if a.get("http-equiv")]
    assert policy["content"].startswith("default-src 'none'")


def test_the_terminal_shows_the_same_table():
    lines = print_table(TABLE).splitlines()
    assert lines[3].split() == ["r", "0.1", "0.100", "±", "0.020"]
    assert lines[4].strip() == "3 % off"
    assert lines[5].split() == ["k", "0", "absent"]
    assert len(set(map(len, lines[1:]))) == 1


def test_a_failed_write_leaves_the_old_page(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("old")
    broken = Page("t", "s", Highlights(((object(), "no cell"),)), (Section("x", (object(),)),))
    with pytest.raises(Exception, match="kind"):
        write_page(broken, target)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
