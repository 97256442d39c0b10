"""The list of recorded commands, each of which a unit test runs, is complete."""

import pytest

from tests.support.recorded_commands import RECORDED_COMMANDS
from tests.support.recording import LOCAL_COMMAND


def form_of(command):
    """Return a command without the values of its options: program, verb and options."""
    words = command.split()
    return (*words[:4], *(word for word in words if word.startswith("--")))


@pytest.mark.parametrize("stack", ["recorded", "lab"])
def test_every_command_of_this_project_is_in_the_list_of_recorded_commands(stack, request):
    made = {
        form_of(resource.inputs[key])
        for resource in request.getfixturevalue(stack).of_type(LOCAL_COMMAND)
        for key in ("create", "delete")
        if resource.inputs.get(key, "").startswith("python3 ")
    }
    assert len(made) >= 4
    assert made <= {form_of(command) for command in RECORDED_COMMANDS}
