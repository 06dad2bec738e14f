import pytest
from django.core.paginator import EmptyPage, PageNotAnInteger

from config.lib.paging import CountedPaginator
from exercises.models import Exercise
from tests.factories import make_exercise

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def five() -> CountedPaginator:
    for _ in range(5):
        make_exercise()
    return CountedPaginator(Exercise.objects.order_by("name", "pk"), 2)


def test_page_and_total_take_one_statement(five: CountedPaginator, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = five.get_page("2")
        assert (len(page.object_list), page.paginator.count, page.paginator.num_pages) == (2, 5, 3)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("1", 1), ("3", 3), ("4", 3), ("999999999", 3), ("0", 1), ("-1", 1), ("nan", 1), ("", 1), (None, 1), ("²", 1)],
)
def test_get_page_shows_the_nearest(five: CountedPaginator, asked: str | None, shown: int):
    assert five.get_page(asked).number == shown


@pytest.mark.parametrize("asked", ["4", "0", "-1", "1" + "0" * 25])
def test_page_that_does_not_exist_is_refused(five: CountedPaginator, asked: str):
    with pytest.raises(EmptyPage):
        five.page(asked)


@pytest.mark.parametrize("asked", ["nan", "", None, "1.5"])
def test_page_that_is_no_number_is_refused(five: CountedPaginator, asked: str | None):
    with pytest.raises(PageNotAnInteger):
        five.page(asked)


def test_nothing_at_all_is_one_empty_page():
    page = CountedPaginator(Exercise.objects.order_by("pk"), 2).get_page(1)

    assert (page.number, len(page.object_list), page.paginator.count) == (1, 0, 0)
