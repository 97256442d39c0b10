"""The text below a field describes its key."""

from blueprint.settings.attribute_docstrings import attribute_docstrings
from blueprint.settings.cluster import ClusterSettings
from blueprint.settings.fields import Settings
from blueprint.settings.hosts import NspawnHostsSettings


class Base(Settings):
    """Not the text of a field."""

    first: int
    """Of the base
    class."""
    second: int


class Derived(Base):
    second: int
    """Of the derived class."""
    third: int = 3


def test_texts_are_found_by_field_those_of_base_classes_included():
    assert attribute_docstrings(Derived) == {
        "first": "Of the base\nclass.",
        "second": "Of the derived class.",
    }


def test_a_model_without_texts_has_none():
    assert attribute_docstrings(Settings) == {}


def test_every_field_of_the_settings_has_a_text():
    for model in (ClusterSettings, NspawnHostsSettings):
        assert attribute_docstrings(model).keys() == model.model_fields.keys()
