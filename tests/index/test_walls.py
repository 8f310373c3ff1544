"""Which pages show an article, and which only ask for consent or money."""

import pytest

from index import ArticleError
from index.loading import read
from tests.index import documents

CONSENT = (
    "We and our 845 partners store and access information on a device, such as cookies, and process personal data, "
    "such as unique identifiers, for personalised advertising, measurement and audience research. "
)
ABOUT_COOKIES = (
    "The European court ruled on Monday that websites must ask before they place cookies. The case was brought by a "
    "consumer group against a shop that had ticked the box for its visitors. The judges said that consent must be "
    "active, and that a box that is ticked beforehand is none. The shop must now tell how long the cookies last and "
    "whether third parties can read them. Lawyers expect that many sites will change their banners."
)


@pytest.mark.parametrize(
    "outside",
    [
        "<footer><a href='/c'>Cookie policy</a> <a>Already a subscriber? Log in</a></footer>",
        "<noscript>Please enable JavaScript.</noscript>",
        "<header><a>Subscribers only</a></header>",
    ],
)
def test_a_short_article_is_one_whatever_stands_around_it(outside: str) -> None:
    assert documents.WORDS in read(documents.page("", outside), source="a.html").text


def test_an_article_about_cookies_is_one() -> None:
    page = documents.page("").decode().replace(documents.WORDS, ABOUT_COOKIES)
    assert ABOUT_COOKIES in read(page.encode(), source="a.html").text


@pytest.mark.parametrize(
    "page",
    [
        documents.page("").decode().replace(documents.WORDS, CONSENT * 6),
        f"<html><body><h1>Before you continue</h1><p>{CONSENT * 6}</p><button>Accept all</button></body></html>",
        documents.page("<p>Subscribe to continue reading.</p>").decode(),
    ],
)
def test_walls_are_none(page: str) -> None:
    with pytest.raises(ArticleError, match="No article was found"):
        read(page.encode(), source="a.html")
