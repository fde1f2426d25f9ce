"""What can go wrong between a policy and the rules engine."""


class PolicyTooLarge(ValueError):
    """A policy asks for more than the rules engine can hold exactly.

    `policy` and `clause` name the culprit (`clause` is the id of the clause at which the limit was reached);
    `hint` says what to change.
    """

    def __init__(self, policy: str, clause: str, message: str, hint: str) -> None:
        super().__init__(f"policy `{policy}`, clause `{clause}`: {message}")
        self.policy = policy
        self.clause = clause
        self.message = message
        self.hint = hint


class EngineFault(RuntimeError):
    """The rules engine did not give an answer that can be trusted; no answer was given instead of a wrong one.

    `ruleset` names the policy's ruleset. The driver has already put itself right: the next evaluation starts afresh.
    """

    def __init__(self, ruleset: str, message: str) -> None:
        super().__init__(f"ruleset `{ruleset}`: {message}")
        self.ruleset = ruleset
        self.message = message
