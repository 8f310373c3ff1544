"""Pages that show a wall and not the article: consent to cookies, a subscription, a check for robots."""

import re

_WALL = re.compile(
    r"captcha|are you (?:a )?(?:human|robot)|enable javascript|javascript is (?:disabled|required)|"
    r"access denied|subscribe to (?:continue|read)|subscribers only|already a subscriber|"
    r"log ?in to (?:continue|read)|accept (?:all )?cookies|paywall",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read)|subscribers only|(?:log|sign) ?in to (?:continue|read)|"
    r"to continue reading",
    re.IGNORECASE,
)
_WALL_WORDS = 120
"""An article with fewer words that speaks of a wall is the wall."""
_CONSENT = re.compile(
    r"\b(?:cookies?|consent\w*|privacy|partners?|vendors?|personal data|(?:non-)?personali[sz]ed|unique identifiers?|"
    r"device|advertis\w+|ads|audience|measurement|legitimate interests?|preferences|accept|reject|"
    r"einwillig\w+|zustimm\w+|datenschutz\w*|personenbezogen\w*|werbung|"
    r"consentement|données personnelles|partenaires|publicités?|"
    r"consentimiento|datos personales|socios|publicidad)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"cookie|consent|einwillig|zustimm|consentement|consentimiento", re.IGNORECASE)
_CONSENT_WORDS = 800
_CONSENT_SHARE = 0.08
"""Of the words. Articles about cookies have about half of it, requests for consent twice as many."""


def is_wall(article: str, shown: str) -> bool:
    """Whether what was taken for an article is a wall.

    Args:
        article: The text that was extracted.
        shown: All that the page shows, where an offer to subscribe may stand below the first lines of an article.
    """
    count = len(article.split())
    if count < _WALL_WORDS and (_WALL.search(article) or _PAYWALL.search(shown)):
        return True
    share = len(_CONSENT.findall(article)) / max(1, count)
    return count < _CONSENT_WORDS and share > _CONSENT_SHARE and _ASKS.search(article) is not None
