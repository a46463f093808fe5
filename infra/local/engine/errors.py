"""Failures that a person can act on."""


class EngineError(Exception):
    """Ends the command with `error: <text>`. `code` is the exit status of the Pulumi CLI for it.

    The codes are those of the CLI (`pkg/cmd/pulumi/cmd/exit_codes.go`): 1 generic, 2
    configuration, 6 stack not found, 7 unexpected changes, 8 cancelled.
    """

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


class StoppedError(Exception):
    """The deployment is being ended; whoever waits for it gives up without a report of its own."""


class UnfinishedError(Exception):
    """With --continue-on-error: one resource failed, or was skipped as it needs one that did. The
    program goes on, with the resource's outputs unknown."""
