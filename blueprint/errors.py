"""Every error that the program raises on purpose.

ClusterError
├── SettingsError    the stack's settings cannot be used (also a ValueError)
├── StateError       the stack's state cannot be read
└── RenderError      a template and its spec do not fit
"""


class ClusterError(Exception):
    """Root of the errors that end a run with one report and no traceback."""


class SettingsError(ClusterError, ValueError):
    """The stack's settings cannot be used; `problems` holds one line for each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """Return a heading and one line per problem."""
        noun = "problem" if len(self.problems) == 1 else "problems"
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return f"{len(self.problems)} {noun} in the stack's settings:\n{lines}"


class StateError(ClusterError):
    """The stack's state cannot be read, so what is deployed is not known."""

    def __init__(self, stack: str, cause: str) -> None:
        super().__init__(stack, cause)
        self.stack = stack
        self.cause = cause

    def __str__(self) -> str:
        """Return one line with the cause and the remedy."""
        return (
            f"stack {self.stack}: its state cannot be read: {self.cause}; "
            f"once `pulumi stack export --stack {self.stack}` works, run this again"
        )


class RenderError(ClusterError):
    """A template asked for a value that its spec does not have."""
