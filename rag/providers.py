"""Language models elsewhere: any server with OpenAI's protocol, any LangChain provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["connect", "plain_errors"]

_MOST_TOKENS = 4_000
"""Tokens that a model may write at most: it may think first."""

_TIMEOUT = 120.0


def connect(settings: Settings) -> "BaseChatModel":
    """Make the chat model that the settings name."""
    with plain_errors(settings):
        if settings.base_url:
            from langchain_openai import ChatOpenAI
            from pydantic import SecretStr

            return ChatOpenAI(
                model=settings.model,
                base_url=settings.base_url,
                api_key=SecretStr(settings.api_key or "none"),
                temperature=0,
                max_completion_tokens=_MOST_TOKENS,
                max_retries=1,
                timeout=_TIMEOUT,
            )
        from langchain.chat_models import init_chat_model

        key: dict[str, Any] = {"api_key": settings.api_key} if settings.api_key else {}
        model: BaseChatModel = init_chat_model(settings.model, temperature=0, timeout=_TIMEOUT, **key)
        return model


@contextmanager
def plain_errors(settings: Settings) -> Iterator[None]:
    """Turn what can go wrong between here and a model into messages for the reader."""
    import httpx
    import openai

    where = settings.base_url or settings.model
    try:
        yield
    except openai.AuthenticationError as error:
        raise ModelError(
            f"{where} did not accept the key. Set the right one in ARTICLE_CHAT_API_KEY."
        ) from error
    except openai.NotFoundError as error:
        raise ModelError(f"{where} has no model called {settings.model!r}. Check the name.") from error
    except (openai.APITimeoutError, httpx.TimeoutException) as error:
        raise ModelError(f"{where} took too long to answer. Is the machine overloaded?") from error
    except (openai.APIConnectionError, httpx.TransportError) as error:
        raise ModelError(
            f"The language model at {where} cannot be reached. Is the server running, and the address right?"
        ) from error
    except openai.RateLimitError as error:
        raise ModelError(f"{where} has too many requests at the moment. Try again in a while.") from error
    except openai.APIError as error:
        raise ModelError(f"{where} failed: {error.message}") from error
    except openai.OpenAIError as error:  # before anything is sent: above all, when there is no key
        raise ModelError(f"{where} cannot be asked: {error}") from error
    except ImportError as error:
        raise ModelError(
            f"{settings.model!r} needs a package that is not installed: {error.name or error}. "
            "Install LangChain's package for that provider."
        ) from error
    except ValueError as error:
        raise ModelError(f"{settings.model!r} cannot be used: {error}") from error
