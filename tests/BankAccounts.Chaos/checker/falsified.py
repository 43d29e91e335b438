"""How one thing of a run is falsified for a while."""

from contextlib import contextmanager


@contextmanager
def changed(container, key, value):
    """The entry of a dictionary or list is another one for a while."""
    before = container[key]
    container[key] = value
    try:
        yield
    finally:
        container[key] = before


@contextmanager
def another(thing, name, value):
    """The attribute of an object is another one for a while."""
    before = getattr(thing, name)
    setattr(thing, name, value)
    try:
        yield
    finally:
        setattr(thing, name, before)
