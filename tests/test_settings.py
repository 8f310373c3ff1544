"""What a user can choose, and what becomes of a choice that means nothing."""

import pytest

from rag import Settings, SettingsError


def test_defaults() -> None:
    assert Settings.from_env({}) == Settings() == Settings(model="builtin", strictness="balanced")


def test_the_environment_and_what_wins_over_it() -> None:
    env = {
        "ARTICLE_CHAT_MODEL": "small",
        "ARTICLE_CHAT_BASE_URL": "http://localhost:11434/v1",
        "ARTICLE_CHAT_API_KEY": "key",
        "ARTICLE_CHAT_STRICTNESS": "strict",
        "ARTICLE_CHAT_EMBEDDING_MODEL": "",
    }
    settings = Settings.from_env(env, model="large", strictness=None)
    assert settings == Settings("large", "http://localhost:11434/v1", "key", "strict")


def test_the_key_is_not_shown() -> None:
    assert "hidden" not in repr(Settings("openai:gpt", api_key="hidden"))


def test_choosing_the_builtin_model_leaves_the_server_of_the_environment() -> None:
    env = {"ARTICLE_CHAT_MODEL": "small", "ARTICLE_CHAT_BASE_URL": "http://localhost:11434/v1"}
    assert Settings.from_env(env, model="builtin") == Settings()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"strictness": "very"}, "strict, balanced, lenient"),
        ({"model": "unknown"}, "no model 'unknown'"),
        ({"model": "openai:"}, "no model 'openai:'"),
        ({"model": ""}, "no model ''"),
        ({"base_url": "http://localhost:1/v1"}, "say which of its models"),
        ({"model": "a", "base_url": "localhost:11434"}, "base_url is no web address"),
        ({"model": "a", "base_url": "http://"}, "base_url is no web address"),
        ({"model": "a", "base_url": "http://[::1"}, "base_url is no web address"),
        ({"model": "a", "base_url": "http://localhost:99999/"}, "base_url is no web address"),
        ({"embedding_query_prompt": "query:"}, "Name the one they are for"),
        ({"chroma_url": "file:///etc"}, "chroma_url is no web address"),
    ],
)
def test_what_means_nothing(values: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings(**values)


def test_an_unknown_setting() -> None:
    with pytest.raises(SettingsError, match="no setting 'modle'"):
        Settings.from_env({}, modle="small")
