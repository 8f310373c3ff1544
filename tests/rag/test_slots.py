"""Slots go to the questions that profit from them, and nobody waits for ever."""

import threading
import time

import pytest

from rag import ModelError
from rag.slots import SlotPool


def test_a_slot_that_has_read_the_article_is_preferred() -> None:
    pool = SlotPool(3)
    with pool.borrow("a") as slot:
        slot.prefix = "a"
        first = slot.number
    with pool.borrow("b") as slot:
        slot.prefix = "b"
        assert slot.number != first
    with pool.borrow("a") as slot:
        assert slot.number == first


def test_a_slot_that_has_read_the_beginning_is_preferred() -> None:
    pool = SlotPool(3)
    passage = "word " * 50
    for prefix in ("x", passage, "y"):
        with pool.borrow(prefix) as slot:
            slot.prefix = prefix
    with pool.borrow(f"{passage} and more") as slot:
        assert slot.prefix == passage


def test_no_slot_that_has_read_more_is_given_up_for_what_is_in_a_file() -> None:
    pool = SlotPool(2)
    passage = "word " * 50
    for prefix in ("x", f"{passage} and more"):
        with pool.borrow(prefix) as slot:
            slot.prefix = prefix
    with pool.borrow(passage, kept=True) as slot:
        assert slot.prefix == "x"
        slot.prefix = passage
    with pool.borrow(f"{passage} and more") as slot:
        assert slot.prefix == f"{passage} and more"
    with pool.borrow(passage, kept=True) as slot:
        assert slot.prefix == passage


def test_a_slot_that_yields_is_waited_for_since_it_may_have_read_what_is_needed() -> None:
    pool = SlotPool(3)
    passage = "word " * 50
    begun = threading.Event()

    def read() -> None:
        with pool.borrow(passage, yields=True) as slot:
            begun.set()
            while not pool.wanted:
                time.sleep(0.01)
            slot.prefix = passage

    reading = threading.Thread(target=read)
    reading.start()
    assert begun.wait(5)
    assert not pool.wanted
    with pool.borrow(passage) as slot:
        assert slot.prefix == passage
    reading.join(5)
    assert not pool.wanted


def test_the_slot_that_was_idle_longest_is_given_up_first() -> None:
    pool = SlotPool(2)
    for name in ("a", "b"):
        with pool.borrow(name) as slot:
            slot.prefix = name
    with pool.borrow("a"):
        pass
    with pool.borrow("c") as slot:
        assert slot.prefix == "b"


def test_everybody_gets_a_turn_in_order() -> None:
    pool = SlotPool(1)
    order: list[int] = []

    def ask(number: int) -> None:
        with pool.borrow("x"):
            order.append(number)
            time.sleep(0.01)

    with pool.borrow("x"):
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
            time.sleep(0.01)
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_when_the_pool_closes_nobody_waits_on() -> None:
    pool = SlotPool(1)
    ends: list[str] = []

    def ask() -> None:
        with pytest.raises(ModelError, match="stopped"), pool.borrow("x"):
            pass
        ends.append("told")

    thread = threading.Thread(target=ask)
    with pool.borrow("x"):
        thread.start()
        assert not pool.close(patience=0.1)
        thread.join(5)
        assert ends == ["told"]
        with pytest.raises(ModelError, match="stopped"):
            pool.check()
    assert pool.close(patience=0)
